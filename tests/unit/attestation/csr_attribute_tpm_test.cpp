// A TPM's certification in the attribute: what its statement has room for, in both
// encodings of its signature, and each thing wrong in it alone.
#include "tests/unit/attestation/csr_attribute_scene.h"

#include <functional>

namespace hallmark {
namespace {

using namespace hallmark::testing;

class CsrAttributeTpm : public PackedTpm {};

TEST_F(CsrAttributeTpm, is_judged_as_tpm2_by_its_aks_certificate) {
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    const Claims& claims = element->claims;
    EXPECT_EQ(claims.format, "tpm2");
    EXPECT_EQ(claims.vendor, "stm");
    EXPECT_EQ(claims.model, "SOFT33");
    EXPECT_EQ(claims.public_key, leaf.spki());
    EXPECT_EQ(claims.origin, "generated");
    EXPECT_EQ(claims.exportable, false);
    EXPECT_EQ(claims.freshness, "nonce");
    EXPECT_EQ(claims.assurance, Assurance::hw_key_attested);
    EXPECT_EQ(claims.anchor, sha256(vendor.root()));
    EXPECT_EQ(detail_of(claims, "packaging"), "csr-attribute");
    EXPECT_EQ(detail_of(claims, "activation"), "certificate");
    EXPECT_EQ(detail_of(claims, "ak_certificate"), to_hex(ByteView(sha256(certs[0]))));
    EXPECT_EQ(detail_of(claims, "ak_name"), "") << "nobody said it";
    EXPECT_EQ(element->element_key, sha256(ak.spki()));
}

TEST_F(CsrAttributeTpm, is_judged_in_whatever_order_its_certificates_stand) {
    std::swap(certs[0], certs[1]);
    certs.insert(certs.begin(), vendor.root());
    pack();
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->element_key, sha256(ak.spki()));
}

TEST_F(CsrAttributeTpm, is_judged_under_an_rsa_key_in_both_encodings) {
    make(SoftKeyKind::rsa_2048);
    EXPECT_TRUE(judge().has_value()) << "TPMT_SIGNATURE";
    pack_earlier();
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.format, "tpm2");
}

TEST_F(CsrAttributeTpm, is_never_read_in_the_encoding_of_the_other_syntax) {
    make(SoftKeyKind::rsa_2048);
    settings.csr_attribute_syntax = CsrAttributeSyntax::edition_2025;
    expect_refused("signature: not as long as the modulus");  // TPMT_SIGNATURE as bare octets.
    settings.csr_attribute_syntax = CsrAttributeSyntax::edition_2026;
    statement.signature = soft_bare_signature(statement.signature);
    pack();
    expect_refused("malformed: ");
}

TEST_F(CsrAttributeTpm, has_no_bare_signature_of_an_elliptic_curve) {
    pack_earlier();
    expect_refused("signature: of another kind than the signer's key");
}

TEST_F(CsrAttributeTpm, is_refused_where_its_challenge_named_an_ak_or_ek) {
    // A challenge of another format, as the request line never lets it come this far.
    expected.ak_name = ak.name();
    expect_refused("activation: the challenge was opened for another EK or AK");
    expected.ak_name.reset();
    expected.ek_certificate = Digest{};
    expect_refused("activation: the challenge was opened for another EK or AK");
    expected.ek_certificate.reset();
    expected.activation_secret = Bytes(32, 1);
    expect_refused("activation: the challenge was opened for another EK or AK");
}

TEST_F(CsrAttributeTpm, takes_no_ak_on_its_own_word) {
    // A document of its own cannot leave the AK's TPMT_PUBLIC out, whatever vouches for the AK.
    const EvidenceFamily family = make_family(chains, settings);
    Evidence evidence = family.unpacked(came, attribute).value();
    evidence.packaging.clear();
    const auto unnamed = family.verify(evidence, {pin}, expected, noon());
    ASSERT_FALSE(unnamed.has_value());
    EXPECT_EQ(unnamed.error().detail, "member: missing: ak_public");
    // And beside an EK certificate, which does not speak of the AK, it is missing even in a
    // request.
    const SoftTpm tpm(vendor, SoftKeyKind::ec_p256);
    evidence.packaging = "csr-attribute";
    std::erase_if(evidence.members, [](const auto& member) { return member.name == "ak_chain"; });
    evidence.members.push_back({"ek_chain", tpm.ek_chain(), true});
    const auto unsaid = family.verify(evidence, {pin}, expected, noon());
    ASSERT_FALSE(unsaid.has_value());
    EXPECT_EQ(unsaid.error().detail, "signer: not said what it is");
}

TEST_F(CsrAttributeTpm, is_no_report_of_an_hsm_and_the_reverse) {
    const SoftHsmMaker maker;
    const SoftKeyAttester attester(maker, "hsm-17");
    attribute = SoftCsrBundle{.statements = {{.type = pkix_evidence, .stmt = statement.der()}},
                              .certificates = certs}
                    .der();
    pin.format = "pkix-key-attestation";
    expect_refused("evidence: ");
    stmt = attester.attest(leaf.spki(), nonce);
    pack();
    pin = {.vendor = VendorId("example"),
           .format = "tpm2",
           .anchors = {.roots = {maker.root()}, .intermediates = {}},
           .exceptions = {}};
    expect_refused("statement: no tcg-attest-tpm-certify");
}

// -------------------------------------------------------------------------------------------------

struct Wrong {
    std::string name;
    std::string detail;
    std::function<void(PackedTpm&)> change;
};
class CsrAttributeTpmRefuses : public PackedTpm, public ::testing::WithParamInterface<Wrong> {};

TEST_P(CsrAttributeTpmRefuses, it_for_its_own_reason) {
    ASSERT_TRUE(judge().has_value());
    GetParam().change(*this);
    pack();
    expect_refused(GetParam().detail);
}

std::function<void(PackedTpm&)> stmt_of(std::initializer_list<ByteView> parts) {
    return [stmt = der_sequence(parts)](PackedTpm& p) { p.stmt = stmt; };
}
std::function<void(PackedTpm&)> leaf_with(std::uint32_t attributes) {
    return [attributes](PackedTpm& p) {
        SoftTemplate fields;
        fields.attributes = attributes;
        p.with_leaf(fields);
    };
}
std::function<void(PackedTpm&)> said_with(std::function<void(SoftAttest&)> change) {
    return [change = std::move(change)](PackedTpm& p) { p.say_with(change); };
}
std::function<void(PackedTpm&)> certified_with(std::function<void(SoftCertificate&)> change) {
    return [change = std::move(change)](PackedTpm& p) { p.certify_with(change); };
}
/// The earlier syntax, under an RSA key.
std::function<void(PackedTpm&)> earlier(std::function<void(PackedTpm&)> change) {
    return [change = std::move(change)](PackedTpm& p) {
        p.make(SoftKeyKind::rsa_2048);
        p.pack_earlier();
        ASSERT_TRUE(p.judge().has_value());
        change(p);
    };
}
const Bytes text = der_utf8("x");
const Bytes octets = der_octet_string(Bytes(8, 1));

INSTANTIATE_TEST_SUITE_P(
    Statement, CsrAttributeTpmRefuses,
    ::testing::Values(
        Wrong{"no_sequence", "statement: no tcg-attest-tpm-certify",
              [](PackedTpm& p) { p.stmt = octets; }},
        Wrong{"empty", "statement: no tcg-attest-tpm-certify", stmt_of({})},
        Wrong{"attest_alone", "statement: no tcg-attest-tpm-certify", stmt_of({octets})},
        Wrong{"attest_of_another_kind", "statement: no tcg-attest-tpm-certify",
              stmt_of({text, octets, octets})},
        Wrong{"signature_of_another_kind", "statement: no tcg-attest-tpm-certify",
              stmt_of({octets, text, octets})},
        Wrong{"key_of_another_kind", "statement: no tcg-attest-tpm-certify",
              stmt_of({octets, octets, text})},
        Wrong{"four_members", "statement: no tcg-attest-tpm-certify",
              stmt_of({octets, octets, octets, octets})},
        Wrong{"without_the_key", "statement: without tpmTPublic",
              [](PackedTpm& p) { p.statement.public_area.clear(); }},
        Wrong{"attest_with_a_size_before_it", "malformed: ",
              [](PackedTpm& p) {
                  p.statement.attest.insert(p.statement.attest.begin(), {0x00, 0x91});
              }},
        Wrong{"attest_cut", "malformed: ", [](PackedTpm& p) { p.statement.attest.pop_back(); }},
        Wrong{"attest_trailing",
              "malformed: ", [](PackedTpm& p) { p.statement.attest.push_back(0); }},
        Wrong{"key_cut", "malformed: ", [](PackedTpm& p) { p.statement.public_area.pop_back(); }},
        Wrong{"key_with_a_size_before_it", "malformed: ",
              [](PackedTpm& p) {
                  p.statement.public_area.insert(p.statement.public_area.begin(), {0x00, 0x58});
              }},
        Wrong{"signature_cut",
              "malformed: ", [](PackedTpm& p) { p.statement.signature.pop_back(); }},
        Wrong{"signature_empty",
              "malformed: ", [](PackedTpm& p) { p.statement.signature.clear(); }},
        Wrong{"bare_signature_empty", "statement: the signature is no RSA signature",
              earlier([](PackedTpm& p) { p.statement.signature.clear(); })},
        Wrong{"bare_signature_long", "statement: the signature is no RSA signature",
              earlier([](PackedTpm& p) { p.statement.signature.resize(513, 1); })},
        Wrong{"bare_signature_longer_than_the_key", "signature: not as long as the modulus",
              earlier([](PackedTpm& p) { p.statement.signature.push_back(0); })},
        Wrong{"bare_signature_shorter_than_the_key", "signature: not as long as the modulus",
              earlier([](PackedTpm& p) { p.statement.signature.pop_back(); })},
        Wrong{"bare_signature_of_another_message", "signature: does not verify",
              earlier([](PackedTpm& p) { p.statement.signature[9] ^= 1; })}),
    [](const ::testing::TestParamInfo<Wrong>& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Certification, CsrAttributeTpmRefuses,
    ::testing::Values(
        Wrong{"no_certificate", "member: one of ek_chain and ak_chain",
              [](PackedTpm& p) { p.certs.clear(); }},
        Wrong{"no_intermediate", "chain: no path to a pinned root",
              [](PackedTpm& p) { p.certs.pop_back(); }},
        Wrong{"another_makers_root", "chain: no path to a pinned root",
              [](PackedTpm& p) { p.pin.anchors.roots = {SoftVendor("STM").root()}; }},
        Wrong{"its_own_root_in_the_bundle", "chain: no path to a pinned root",
              [](PackedTpm& p) {
                  p.certs.push_back(p.vendor.root());
                  p.pin.anchors.roots = {SoftVendor("STM").root()};
              }},
        Wrong{"under_another_makers_name", "vendor: the certificate names stm",
              [](PackedTpm& p) { p.pin.vendor = VendorId("infineon"); }},
        Wrong{"certificate_of_an_ek",
              "chain: ", certified_with([](SoftCertificate& c) { c.usages = {"2.23.133.8.1"}; })},
        Wrong{"certificate_of_an_authority",
              "chain: ", certified_with([](SoftCertificate& c) { c.ca = true; })},
        Wrong{"expired_certificate", "chain: expired", certified_with([](SoftCertificate& c) {
                  c.not_after = from_rfc3339("2026-01-01T00:00:00Z").value();
              })},
        Wrong{"certificate_of_another_key", "signature: does not verify",
              [](PackedTpm& p) {
                  const SoftObject other = soft_object(SoftKeyKind::ec_p256, {}, 3);
                  p.certs[0] = p.vendor.certify(other.spki(), PackedTpm::ak_certificate());
              }},
        Wrong{"signature_of_another_kind_than_the_key", "signature: of another kind",
              [](PackedTpm& p) {
                  const SoftObject other = soft_object(SoftKeyKind::rsa_2048, {}, 3);
                  p.certs[0] = p.vendor.certify(other.spki(), PackedTpm::ak_certificate());
              }},
        Wrong{"signature_over_another_statement", "signature: does not verify",
              [](PackedTpm& p) {
                  p.statement.signature = soft_certify(p.ak, p.leaf, Bytes(32, 8)).signature;
              }},
        Wrong{"signature_with_sha_1", "signature: neither SHA-256 nor SHA-384",
              [](PackedTpm& p) {
                  p.ak.fields.scheme = {0x00, 0x18, 0x00, 0x04};
                  p.say(soft_certify(p.ak, p.leaf, p.nonce));
              }},
        Wrong{"a_quote", "type: 0x8018 is a quote",
              said_with([](SoftAttest& a) { a.type = 0x8018; })},
        Wrong{"of_creation", "type: 0x801a is another attestation", said_with([](SoftAttest& a) {
                  a.type = 0x801A;
                  a.qualified_name_or_hash = Bytes(32, 1);
              })},
        Wrong{"another_magic",
              "malformed: ", said_with([](SoftAttest& a) { a.magic = 0xFF544348; })},
        Wrong{"empty_nonce", "nonce: empty",
              said_with([](SoftAttest& a) { a.extra_data.clear(); })},
        Wrong{"another_nonce", "nonce: not the one",
              [](PackedTpm& p) { p.expected.nonce = Bytes(32, 8); }},
        Wrong{"another_name", "name: the certified Name is not this key's",
              said_with([](SoftAttest& a) { a.name[5] ^= 1; })},
        Wrong{"signer_named_by_a_handle", "name: qualifiedSigner", said_with([](SoftAttest& a) {
                  a.qualified_signer = {0x40, 0, 0, 0x0B};
              })},
        Wrong{"another_key", "name: the certified Name is not this key's",
              [](PackedTpm& p) {
                  p.statement.public_area = soft_object(SoftKeyKind::ec_p256, {}, 3).public_area();
              }},
        Wrong{"another_requests_key", "key: the attested key is not the",
              [](PackedTpm& p) { p.expected.spki = make_ec_key().spki(); }},
        Wrong{"imported_key", "key: imported", leaf_with(0x00040052)},
        Wrong{"duplicable_key", "key: duplicable", leaf_with(0x00040070)},
        Wrong{"restricted_key", "key: restricted", leaf_with(0x00050072)},
        Wrong{"decrypting_key", "key: decrypt is set", leaf_with(0x00060072)}),
    [](const ::testing::TestParamInfo<Wrong>& row) { return row.param.name; });

}  // namespace
}  // namespace hallmark
