// The attribute itself: what a request may hold, how it is judged, and where it does not belong.
#include "ca/crypto/csr.h"
#include "station/csr.h"
#include "tests/unit/attestation/csr_attribute_scene.h"

namespace hallmark {
namespace {

using namespace hallmark::testing;

class CsrAttribute : public PackedHsm {};

TEST_F(CsrAttribute, is_judged_as_the_format_of_its_statement) {
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    const Claims& claims = element->claims;
    EXPECT_EQ(claims.format, "pkix-key-attestation");
    EXPECT_EQ(claims.vendor, "example");
    EXPECT_EQ(claims.model, "HSM-1");
    EXPECT_EQ(claims.element_serial, SeSerial("hsm-17"));
    EXPECT_EQ(claims.public_key, spki_of(key.get()));
    EXPECT_EQ(claims.freshness, "nonce");
    EXPECT_EQ(claims.assurance, Assurance::hw_key_attested);
    EXPECT_EQ(claims.anchor, sha256(maker.root()));
    EXPECT_EQ(detail_of(claims, "packaging"), "csr-attribute");
    EXPECT_EQ(element->element_key, sha256(spki_of(attester.attestation_key().get())));
}

TEST_F(CsrAttribute, comes_out_of_a_request_as_it_was_put_in) {
    const Bytes request =
        hallmark::make_csr({.spki = spki_of(key.get()),
                            .nonce = nonce,
                            .attributes = {soft_attestation_attribute({*attribute})}},
                           [&](ByteView message) { return sign_sha256(key.get(), message); });
    const auto read = parse_csr(request);
    ASSERT_TRUE(read.has_value()) << read.error().detail;
    EXPECT_EQ(read->attestation, attribute);
    EXPECT_EQ(read->challenge_password, to_base64(nonce));
}

TEST_F(CsrAttribute, stands_once_in_a_request_with_one_value) {
    const auto detail_with = [&](std::vector<Bytes> attributes) {
        const auto read = parse_csr(hallmark::make_csr(
            {.spki = spki_of(key.get()), .nonce = nonce, .attributes = std::move(attributes)},
            [&](ByteView message) { return sign_sha256(key.get(), message); }));
        return read ? "taken" : read.error().detail;
    };
    const Bytes whole = soft_attestation_attribute({*attribute});
    const std::string named = "request: attribute 1.2.840.113549.1.9.16.2.59 ";
    EXPECT_EQ(detail_with({whole, whole}), named + "stands twice");
    EXPECT_EQ(detail_with({soft_attestation_attribute({*attribute, der_null()})}),
              named + "has more than one value");
    EXPECT_EQ(detail_with({soft_attestation_attribute({})}), "request: an attribute has no value");
}

TEST_F(CsrAttribute, brings_certificates_that_help_and_are_trusted_for_nothing) {
    // The report's own signer's certificate, the root, and in either order.
    bundle.certificates = {maker.root(), attester.certificate()};
    pack();
    EXPECT_TRUE(judge().has_value());
    std::swap(bundle.certificates[0], bundle.certificates[1]);
    pack();
    EXPECT_TRUE(judge().has_value());
    // All that leads to a root of somebody's own: the root is in the bundle, and not pinned.
    pin.anchors.roots = {SoftHsmMaker().root()};
    expect_refused("chain: no path to a pinned root");
}

TEST_F(CsrAttribute, names_its_statement_as_the_installation_says) {
    settings.pkix.statement = "1.3.6.1.4.1.99999.1";
    expect_refused("statement: unknown type: 1.3.6.1.5.5.999");
    bundle.statements[0].type = "1.3.6.1.4.1.99999.1";
    pack();
    EXPECT_TRUE(judge().has_value());
}

TEST_F(CsrAttribute, may_have_a_hint_in_the_earlier_syntax_and_nothing_heeds_it) {
    settings.csr_attribute_syntax = CsrAttributeSyntax::edition_2025;
    EXPECT_TRUE(judge().has_value()) << "none";
    bundle.statements[0].hint = std::string(255, 'h');
    pack();
    EXPECT_TRUE(judge().has_value()) << "UTF8String";
    bundle.statements[0].hint.clear();
    bundle.behind_hint = der_ia5("tpmverifier.example.com");
    pack();
    EXPECT_TRUE(judge().has_value()) << "IA5String";
}

TEST_F(CsrAttribute, is_not_looked_for_where_the_evidence_says_another_format) {
    came = {.format = "pkix-key-attestation",
            .members = {{.name = "evidence", .values = {report()}}}};
    expect_refused("attribute: beside evidence of another format");
    attribute.reset();
    EXPECT_TRUE(judge().has_value());
}

TEST_F(CsrAttribute, is_all_that_there_is) {
    came.members = {{.name = "evidence", .values = {report()}}};
    expect_refused("member: unknown: evidence");
    came.members.clear();
    attribute.reset();
    expect_refused("attribute: the request has none");
}

TEST_F(CsrAttribute, is_judged_under_the_pins_of_the_format_inside_alone) {
    pin.format = "csr-attribute";
    expect_refused("chain: no vendor is pinned for this format");
    pin.format = "tpm2";
    expect_refused("chain: no vendor is pinned for this format");
}

TEST_F(CsrAttribute, that_was_not_taken_out_has_no_verifier) {
    const EvidenceFamily family = make_family(chains, settings);
    pin.format = "csr-attribute";
    const auto element = family.verify(came, {pin}, expected, noon());
    ASSERT_FALSE(element.has_value());
    EXPECT_EQ(element.error().detail, "format: unknown");
}

TEST_F(CsrAttribute, has_a_challenge_without_members) {
    const EvidenceFamily family = make_family(chains, settings);
    const auto opening = family.open({came}, {}, noon());
    ASSERT_TRUE(opening.has_value()) << opening.error().detail;
    EXPECT_TRUE(opening->answer.empty());
    EXPECT_FALSE(opening->ak_name || opening->element_key || opening->activation_secret);
    came.members = {{.name = "ak_public", .values = {Bytes(4, 1)}}};
    const auto refused = family.open({came}, {}, noon());
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().detail, "member: unknown: ak_public");
}

TEST_F(CsrAttribute, is_refused_cut_off_anywhere) {
    bundle.certificates = {attester.certificate(), maker.root()};
    pack();
    const Bytes whole = *attribute;
    ASSERT_TRUE(judge().has_value());
    for (std::size_t length = 0; length < whole.size(); ++length) {
        attribute = Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
        expect_refused("attribute: not exactly one DER SEQUENCE");
    }
}

TEST_F(CsrAttribute, has_a_syntax_by_name) {
    EXPECT_EQ(csr_attribute_syntax_from("2026"), CsrAttributeSyntax::edition_2026);
    EXPECT_EQ(csr_attribute_syntax_from("2025"), CsrAttributeSyntax::edition_2025);
    EXPECT_FALSE(csr_attribute_syntax_from("2024").has_value());
    EXPECT_FALSE(csr_attribute_syntax_from("").has_value());
}

TEST_F(CsrAttribute, is_refused_for_what_the_format_inside_refuses) {
    expected.nonce = Bytes(32, 8);
    expect_refused("nonce: not the one");
    expected.nonce = nonce;
    expected.spki = make_ec_key().spki();
    expect_refused("key: not among those");
    expected.spki = spki_of(key.get());
    SoftKeyReport imported;
    imported.local = false;
    bundle.statements[0].stmt = attester.attest(spki_of(key.get()), nonce, imported);
    pack();
    expect_refused("key: local is false");
}

}  // namespace
}  // namespace hallmark
