// A card whose applet states of a key, and the family that judges it.
#pragma once

#include "station/simulator/soft_applet.h"
#include "tests/unit/attestation/format_fixture.h"

namespace hallmark::testing {

class GpApplet : public FormatTest {
protected:
    GpApplet() : FormatTest("gp-applet") { pin.anchors.roots = {issuer.root()}; }

    SoftCardIssuer issuer;
    PkeyPtr attestation_key = soft_p256_key();
    PkeyPtr key = soft_p256_key();

    void make(const SoftAppletReport& how = {}, const SoftAppletCertificate& certificate = {}) {
        const Bytes attester =
            issuer.certify(spki_of(attestation_key.get()), "card-17", certificate);
        const SoftApplet applet(private_from_der(private_der(attestation_key.get())), attester);
        const SoftAppletEvidence made = applet.attest(spki_of(key.get()), nonce, how);
        show({attester}, made.statement, made.signature);
    }
    void show(std::vector<Bytes> chain, Bytes statement, Bytes signature) {
        evidence = {.format = "gp-applet",
                    .members = {{.name = "chain", .values = std::move(chain), .is_list = true},
                                {.name = "statement", .values = {std::move(statement)}},
                                {.name = "signature", .values = {std::move(signature)}}}};
        expected.nonce = nonce;
        expected.spki = spki_of(key.get());
    }
    /// The same statement under another kind of attestation key, with its certificate.
    void make_under(const TestKey& signer, SignatureAlgorithm algorithm) {
        const TestAuthority root = make_root("Example Card Issuer");
        pin.anchors.roots = {root.certificate};
        CertificateSpec spec = leaf_spec(root, "attestation", signer);
        spec.subject = name_of_attributes({{"2.5.4.5", "card-18"}});
        spec.extensions.push_back(extended_key_usage({"1.3.6.1.5.5.7.3.999"}));
        make();
        const Bytes statement = evidence.members[1].values.front();
        show({make_certificate(spec, root.key)}, statement, signer.sign(statement, algorithm));
    }
};

}  // namespace hallmark::testing
