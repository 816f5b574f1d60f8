// A platform of the PSA before its verifier, good until a test says otherwise.
#pragma once

#include "station/simulator/soft_psa_token.h"
#include "tests/unit/attestation/format_fixture.h"

namespace hallmark::testing {

class PsaTest : public FormatTest {
protected:
    PsaTest() : FormatTest("psa-token") { pin.anchors.roots = {maker.root()}; }

    SoftTokenMaker maker;
    SoftPsaPlatform platform{maker};
    const TestKey key = make_ec_key();

    void make(const SoftReport& how = {}, std::int64_t client_id = 3) {
        show(platform.attest(nonce, how, client_id));
    }
    void show(Bytes token) {
        evidence = {.format = "psa-token",
                    .members = {{.name = "token", .values = {std::move(token)}},
                                {.name = "chain", .values = platform.chain(), .is_list = true}}};
        expected.nonce = nonce;
        expected.spki = key.spki();
    }
};

}  // namespace hallmark::testing
