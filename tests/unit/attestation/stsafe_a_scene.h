// An STSAFE-A, a key pair and the session that made it before the verifier of "stsafe-a".
#pragma once

#include "ca/crypto/hash.h"
#include "station/simulator/soft_stsafe.h"
#include "tests/unit/attestation/format_fixture.h"

namespace hallmark::testing {

class StsafeATest : public FormatTest {
protected:
    StsafeATest() : FormatTest("stsafe-a") { pin.anchors.roots = {maker.root()}; }

    void make(const SoftKeyOrder& order = {}) { show(element, order); }
    void show(const SoftStsafe& from, const SoftKeyOrder& order = {}) {
        show(from, SoftStsafe::session(key.spki(), nonce, order));
    }
    /// Messages as they are, signed as they are.
    void show(const SoftStsafe& from, const std::vector<Bytes>& messages) {
        evidence = {.format = "stsafe-a",
                    .members = {{.name = "chain", .values = {from.certificate()}, .is_list = true},
                                {.name = "transcript", .values = messages, .is_list = true},
                                {.name = "signature", .values = {from.sign(messages)}}}};
        expected.nonce = nonce;
        expected.spki = key.spki();
    }
    std::vector<Bytes>& chain() { return evidence.members[0].values; }
    std::vector<Bytes>& transcript() { return evidence.members[1].values; }
    Bytes& signature() { return evidence.members[2].values.front(); }

    SoftStm maker;
    SoftStsafe element{maker};
    TestKey key = make_ec_key();
};

}  // namespace hallmark::testing
