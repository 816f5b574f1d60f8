// A chip, its key pair and its evidence before the verifier of "nxp-se05x".
#pragma once

#include "ca/crypto/hash.h"
#include "station/simulator/soft_se05x.h"
#include "tests/unit/attestation/format_fixture.h"

namespace hallmark::testing {

class NxpSe05xTest : public FormatTest {
protected:
    NxpSe05xTest() : FormatTest("nxp-se05x") { pin.anchors.roots = {maker.root()}; }

    void make(const SoftAttestedRead& how = {}) { show(chip, how); }
    void show(const SoftSe05x& element, const SoftAttestedRead& how = {}) {
        const SoftApdus apdus = element.attest(key.spki(), nonce, how);
        evidence = {
            .format = "nxp-se05x",
            .members = {{.name = "chain", .values = {element.certificate()}, .is_list = true},
                        {.name = "command", .values = {apdus.command}},
                        {.name = "response", .values = {apdus.response}},
                        {.name = "applet_version", .values = {how.applet}}}};
        expected.nonce = nonce;
        expected.spki = key.spki();
    }
    std::vector<Bytes>& chain() { return evidence.members[0].values; }
    Bytes& command() { return evidence.members[1].values.front(); }
    Bytes& response() { return evidence.members[2].values.front(); }
    Bytes& applet() { return evidence.members[3].values.front(); }

    SoftNxp maker;
    SoftSe05x chip{maker};
    TestKey key = make_ec_key();
};

}  // namespace hallmark::testing
