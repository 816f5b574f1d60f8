// Evidence in a request's attribute with everything that is told beside it: packed by the
// simulator, unpacked and judged by the family as the server and the command line do it.
#pragma once

#include "ca/attestation/family.h"
#include "ca/crypto/der.h"
#include "ca/crypto/hash.h"
#include "station/simulator/soft_csr_attribute.h"
#include "station/simulator/soft_key_attestation.h"
#include "station/simulator/soft_tpm.h"
#include "tests/support/pki.h"

#include <functional>

#include <gtest/gtest.h>

namespace hallmark::testing {

inline const std::string tcg_certify = "2.23.133.20.1";
inline const std::string pkix_evidence = "1.3.6.1.5.5.999";

class CsrAttributeTest : public ::testing::Test {
public:
    CsrAttributeTest() {
        came.format = "csr-attribute";
        expected.nonce = nonce;
    }
    [[nodiscard]] Result<VerifiedElement> judge() const {
        const EvidenceFamily family = make_family(chains, settings);
        HALLMARK_TRY(evidence, family.unpacked(came, attribute));
        return family.verify(evidence, {pin}, expected, noon());
    }
    void expect_refused(const std::string& detail) {
        const auto element = judge();
        ASSERT_FALSE(element.has_value());
        EXPECT_EQ(element.error().reason, Reason::evidence_not_accepted);
        EXPECT_EQ(element.error().detail.substr(0, detail.size()), detail);
    }
    [[nodiscard]] static std::string detail_of(const Claims& claims, std::string_view name) {
        for (const auto& [key, value] : claims.detail) {
            if (key == name) return value;
        }
        return {};
    }

    ChainValidator chains;
    FormatSettings settings;
    const Bytes nonce = Bytes(32, 7);
    Evidence came;  ///< As it stands beside the request: no members.
    std::optional<Bytes> attribute;
    VendorPin pin;
    Expected expected;
};

/// An HSM's report of a key.
class PackedHsm : public CsrAttributeTest {
public:
    PackedHsm() {
        pin = {.vendor = VendorId("example"),
               .format = "pkix-key-attestation",
               .anchors = {.roots = {maker.root()}, .intermediates = {}},
               .exceptions = {}};
        expected.spki = spki_of(key.get());
        bundle.statements = {{.type = pkix_evidence, .stmt = report()}};
        pack();
    }
    [[nodiscard]] Bytes report() const { return attester.attest(spki_of(key.get()), nonce); }
    void pack() { attribute = bundle.der(); }

    SoftHsmMaker maker;
    SoftKeyAttester attester{maker, "hsm-17"};
    PkeyPtr key = soft_p256_key();
    SoftCsrBundle bundle;
};

/// A TPM's certification of a key, by an AK with a certificate.
class PackedTpm : public CsrAttributeTest {
public:
    PackedTpm() {
        pin = {.vendor = VendorId("stm"),
               .format = "tpm2",
               .anchors = {.roots = {vendor.root()}, .intermediates = {}},
               .exceptions = {}};
        make(SoftKeyKind::ec_p256);
    }
    [[nodiscard]] static SoftCertificate ak_certificate() {
        SoftCertificate certificate;
        certificate.usages = {"2.23.133.8.3"};
        certificate.key_usage_bit = 0;  // digitalSignature
        return certificate;
    }
    void make(SoftKeyKind ak_kind) {
        ak = soft_object(ak_kind, soft_ak_template(ak_kind), 1);
        leaf = soft_object(SoftKeyKind::ec_p256, {}, 2);
        expected.spki = leaf.spki();
        say(soft_certify(ak, leaf, nonce));
        certs = {vendor.certify(ak.spki(), ak_certificate()), vendor.intermediate()};
        pack();
    }
    void say(const SoftStatement& made) {
        statement = {
            .attest = made.attest, .signature = made.signature, .public_area = leaf.public_area()};
    }
    /// With fields that are changed before the AK signs them.
    void say_with(const std::function<void(SoftAttest&)>& change) {
        SoftAttest attest = soft_certify_attest(ak, leaf, nonce);
        change(attest);
        const Bytes octets = attest.bytes();
        say({.attest = octets, .signature = soft_sign(ak, octets), .creation_data = {}});
    }
    void certify_with(const std::function<void(SoftCertificate&)>& change) {
        SoftCertificate certificate = ak_certificate();
        change(certificate);
        certs[0] = vendor.certify(ak.spki(), certificate);
    }
    void with_leaf(const SoftTemplate& fields) {
        leaf = soft_object(SoftKeyKind::ec_p256, fields, 2);
        expected.spki = leaf.spki();
        say(soft_certify(ak, leaf, nonce));
    }
    /// As the draft's sample has it.
    void pack_earlier() {
        settings.csr_attribute_syntax = CsrAttributeSyntax::edition_2025;
        statement.signature = soft_bare_signature(statement.signature);
        hint = "tpmverifier.example.com";
        pack();
    }
    void pack() {
        attribute = SoftCsrBundle{.statements = {{.type = tcg_certify,
                                                  .stmt = stmt.value_or(statement.der()),
                                                  .hint = hint}},
                                  .certificates = certs}
                        .der();
    }

    SoftVendor vendor{"STM"};
    SoftObject ak;
    SoftObject leaf;
    SoftTcgStatement statement;
    std::optional<Bytes> stmt;  ///< Instead of `statement`.
    std::string hint;
    std::vector<Bytes> certs;
};

}  // namespace hallmark::testing
