// The one request of draft-ietf-lamps-csr-attestation itself, read where it lies: what of it holds,
// and for what it is refused.
#include "ca/attestation/tpm2_rules.h"
#include "ca/crypto/certificate.h"
#include "ca/crypto/csr.h"
#include "tests/unit/attestation/csr_attribute_scene.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace hallmark {
namespace {

using namespace hallmark::testing;

class SampleRequest : public CsrAttributeTest {
protected:
    void SetUp() override {
        const char* const named = std::getenv("HALLMARK_SAMPLES");
        folder_ = std::filesystem::path(named ? named : HALLMARK_SOURCE_DIR "/../shared/samples") /
                  "csr-attestation";
        if (!std::filesystem::exists(folder_ / "tcgAttestTpmCertify.csr.pem")) {
            GTEST_SKIP() << "no sample request; HALLMARK_SAMPLES names the folder of samples";
        }
        request = parse_pem(text("tcgAttestTpmCertify.csr.pem"), "CERTIFICATE REQUEST")->front();
        attribute = attribute_in(request);
        settings.csr_attribute_syntax = CsrAttributeSyntax::edition_2025;
        pin = {.vendor = VendorId("stm"),
               .format = "tpm2",
               .anchors = {.roots = {octets("lamps-root.der")}, .intermediates = {}},
               .exceptions = {}};
        expected.nonce = Bytes{0x00, 0xFF, 0x55, 0xAA};
    }
    [[nodiscard]] std::string text(const char* name) const {
        std::ifstream file(folder_ / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    [[nodiscard]] Bytes octets(const char* name) const { return to_bytes(text(name)); }
    /// Without asking for its signature, which does not verify.
    [[nodiscard]] Bytes attribute_in(ByteView der) {
        DerReader info = DerReader(sole_element(der, tag::sequence)->content).sequence().value();
        (void)info.any();  // version
        (void)info.any();  // subject
        spki = to_bytes(info.any()->whole);
        DerReader one = info.inside(tag::context(0, true))->sequence().value();
        EXPECT_EQ(one.oid(), "1.2.840.113549.1.9.16.2.59");
        return to_bytes(one.content(tag::set).value());
    }
    [[nodiscard]] Evidence unpacked() const {
        return make_family(chains, settings).unpacked(came, attribute).value();
    }
    /// The time at which its AK's certificate was valid.
    [[nodiscard]] std::string detail_then() const {
        const auto element =
            make_family(chains, settings)
                .verify(unpacked(), {pin}, expected, from_rfc3339("2024-11-01T00:00:00Z").value());
        return element ? "accepted" : element.error().detail;
    }

    Bytes request;
    Bytes spki;

private:
    std::filesystem::path folder_;
};

TEST_F(SampleRequest, is_unpacked_by_the_syntax_of_its_day) {
    const Evidence evidence = unpacked();
    EXPECT_EQ(evidence.format, "tpm2");
    EXPECT_EQ(evidence.packaging, "csr-attribute");
    EXPECT_EQ(evidence.find("attest")->values.front(), octets("lamps-tpmSAttest.bin"));
    EXPECT_EQ(evidence.find("key_public")->values.front(), octets("lamps-tpmTPublic.bin"));
    EXPECT_EQ(evidence.find("ak_chain")->values,
              (std::vector<Bytes>{octets("lamps-ak.der"), octets("lamps-root.der")}));
    const auto signature = parse_tpm_signature(evidence.find("signature")->values.front());
    ASSERT_TRUE(signature.has_value());
    EXPECT_EQ(signature->rsa, octets("lamps-signature.bin"));
}

TEST_F(SampleRequest, is_refused_by_the_latest_syntax_for_its_hint) {
    settings.csr_attribute_syntax = CsrAttributeSyntax::edition_2026;
    const auto evidence = make_family(chains, settings).unpacked(came, attribute);
    ASSERT_FALSE(evidence.has_value());
    EXPECT_EQ(evidence.error().detail, "attribute: the statement has more than type and stmt");
}

TEST_F(SampleRequest, holds_a_statement_that_its_ak_signed_over_its_key) {
    const Evidence evidence = unpacked();
    const Bytes& octets_of_attest = evidence.find("attest")->values.front();
    const auto attest = parse_tpm_attest(octets_of_attest);
    const auto key = parse_tpm_public(evidence.find("key_public")->values.front());
    const auto signature = parse_tpm_signature(evidence.find("signature")->values.front());
    const auto ak = parse_certificate(evidence.find("ak_chain")->values.front());
    ASSERT_TRUE(attest && key && signature && ak);
    EXPECT_TRUE(verify_signature(parse_public_key(ak->spki).value(),
                                 SignatureAlgorithm::rsa_pkcs1_sha256, octets_of_attest,
                                 signature->rsa));
    EXPECT_EQ(attest->name, key->name);
    EXPECT_EQ(attest->extra_data, *expected.nonce);
    EXPECT_EQ(public_key_of(*key)->spki(), spki);
}

TEST_F(SampleRequest, proves_no_possession) {
    const auto detail_of_request = [](ByteView der) {
        const auto read = parse_csr(der);
        return read ? "taken" : read.error().detail;
    };
    // Its signature's algorithm lacks the NULL of RFC 4055; with one, the signature is still none.
    EXPECT_EQ(detail_of_request(request), "request: the signature algorithm is not taken");
    DerReader reader(sole_element(request, tag::sequence)->content);
    const Bytes info = to_bytes(reader.any()->whole);
    (void)reader.any();
    const Bytes signature = to_bytes(reader.any()->whole);
    EXPECT_EQ(detail_of_request(der_sequence(
                  {info, algorithm_identifier(SignatureAlgorithm::rsa_pkcs1_sha256), signature})),
              "request: no proof of possession");
}

TEST_F(SampleRequest, is_refused_for_its_certificates_and_its_key) {
    expect_refused("chain: expired");
    // When its certificates were valid.
    EXPECT_EQ(detail_then(), "chain: no authority key identifier (leaf)");
    pin.exceptions = {ChainException::missing_authority_key_identifier};
    EXPECT_EQ(detail_then(), "certificate: no subjectAltName");
    const auto key = parse_tpm_public(unpacked().find("key_public")->values.front());
    EXPECT_EQ(check_leaf_key(*key).error().detail, "key: decrypt is set");
}

}  // namespace
}  // namespace hallmark
