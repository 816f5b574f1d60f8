// An eUICC with its maker, and the family that judges it.
#pragma once

#include "station/simulator/soft_euicc.h"
#include "tests/unit/attestation/format_fixture.h"

#include <functional>

namespace hallmark::testing {

/// Manufacturer, certificate and words; the defaults are good.
struct EuiccRecipe {
    SoftEumCertificate eum;
    SoftEuiccCertificate euicc;
    SoftEuiccReport says;
};

class Euicc : public FormatTest {
protected:
    Euicc() : FormatTest("euicc") {}

    PkeyPtr euicc_key = soft_p256_key();
    const std::string eid = soft_eid("89049032", 17);
    const Bytes spki = make_ec_key().spki();  ///< The request's: the eUICC knows nothing of it.

    void make(const EuiccRecipe& how = {}) {
        const SoftEum maker(how.eum);
        make_by(maker, how);
    }
    void make_by(const SoftEum& maker, const EuiccRecipe& how) {
        pin.anchors.roots = {maker.root()};
        const SoftEuicc euicc(private_from_der(private_der(euicc_key.get())),
                              maker.certify(spki_of(euicc_key.get()), eid, how.euicc));
        const SoftEuiccEvidence made = euicc.authenticate(ByteView(nonce).first(16), how.says);
        show({euicc.certificate(), maker.certificate()}, made);
    }
    void show(std::vector<Bytes> chain, const SoftEuiccEvidence& made) {
        evidence = {.format = "euicc",
                    .members = {{.name = "chain", .values = std::move(chain), .is_list = true},
                                {.name = "statement", .values = {made.statement}},
                                {.name = "signature", .values = {made.signature}}}};
        expected.nonce = nonce;
        expected.spki = spki;
        expected.challenge = Bytes(32, 3);
    }
    std::vector<Bytes>& chain() { return evidence.members[0].values; }
};

struct WrongEuicc {
    std::string name;
    std::string detail;
    std::function<void(EuiccRecipe&)> change;
};

}  // namespace hallmark::testing
