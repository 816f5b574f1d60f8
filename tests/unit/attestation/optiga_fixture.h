// An OPTIGA Trust M with its host, and the family that judges it.
#pragma once

#include "station/simulator/soft_optiga.h"
#include "tests/unit/attestation/format_fixture.h"

namespace hallmark::testing {

class Optiga : public FormatTest {
protected:
    Optiga() : FormatTest("optiga-trust-m") { pin.anchors.roots = {maker.root()}; }

    SoftInfineon maker;
    PkeyPtr identity_key = soft_p256_key();
    PkeyPtr key = soft_p256_key();

    void make(const SoftOptigaReport& how = {}, const SoftOptigaCertificate& certificate = {}) {
        const SoftOptiga chip(private_from_der(private_der(identity_key.get())),
                              maker.certify(spki_of(identity_key.get()), certificate));
        const SoftOptigaEvidence made = chip.attest(spki_of(key.get()), nonce, how);
        show(chip.certificate_object(), made);
    }
    void show(Bytes certificate_object, const SoftOptigaEvidence& made) {
        evidence = {.format = "optiga-trust-m",
                    .members = {{.name = "chain",
                                 .values = {std::move(certificate_object), maker.authority()},
                                 .is_list = true},
                                {.name = "statement", .values = {made.statement}},
                                {.name = "signature", .values = {made.signature}}}};
        expected.nonce = nonce;
        expected.spki = spki_of(key.get());
    }
    Bytes& certificate_object() { return evidence.members[0].values.front(); }
    Bytes& signature() { return evidence.members[2].values.front(); }
};

}  // namespace hallmark::testing
