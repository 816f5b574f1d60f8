// An OPTIGA Trust M and what its host says, good and with one thing wrong at a time.
#include "ca/crypto/der.h"
#include "ca/crypto/hash.h"
#include "tests/unit/attestation/optiga_fixture.h"

#include <functional>

namespace hallmark {
namespace {

using namespace hallmark::testing;

TEST_F(Optiga, says_who_the_chip_is_and_of_which_key_its_host_spoke) {
    make();
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    const Claims& claims = element->claims;
    EXPECT_EQ(claims.format, "optiga-trust-m");
    EXPECT_EQ(claims.vendor, "example");
    EXPECT_EQ(claims.public_key, spki_of(key.get()));
    EXPECT_EQ(claims.freshness, "nonce");
    EXPECT_EQ(claims.anchor, sha256(maker.root()));
    const auto certificate = parse_certificate(ByteView(certificate_object()).subspan(9)).value();
    const std::vector<std::pair<std::string, std::string>> detail{
        {"certificate_serial", to_hex(certificate.serial)},
        {"issuer", "CN=Infineon OPTIGA(TM) Trust M CA 101"},
        {"key_object", "e0f1"},
        {"policy", "1.2.276.0.68.1.20.1"},
        {"reason", "the chip signs any digest for its host, and vouches for no key"}};
    EXPECT_EQ(claims.detail, detail);
    EXPECT_EQ(element->element_key, sha256(spki_of(identity_key.get())));
}

TEST_F(Optiga, says_nothing_that_the_chip_does_not_vouch_for) {
    make();
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    const Claims& claims = element->claims;
    EXPECT_EQ(claims.assurance, Assurance::hw_identity_only);
    EXPECT_EQ(claims.model, std::nullopt);
    EXPECT_EQ(claims.element_serial, std::nullopt);
    EXPECT_EQ(claims.origin, "");
    EXPECT_EQ(claims.exportable, std::nullopt);
    EXPECT_TRUE(claims.usage.empty());
    EXPECT_EQ(claims.firmware, std::nullopt);
    EXPECT_EQ(claims.lifecycle, std::nullopt);
}

TEST_F(Optiga, takes_the_certificate_without_its_tls_header_and_without_a_policy) {
    SoftOptigaCertificate certificate;
    certificate.policies.clear();
    make({}, certificate);
    certificate_object().erase(certificate_object().begin(), certificate_object().begin() + 9);
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.detail[3].first, "reason") << "no policy is said";
}

TEST_F(Optiga, takes_an_rsa_key_from_an_object_for_those) {
    SoftOptigaReport how;
    how.spki = shared_rsa_key().spki();
    how.key_object = {0xE0, 0xFC};
    make(how);
    expected.spki = how.spki;
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.public_key, shared_rsa_key().spki());
}

TEST_F(Optiga, says_that_nobody_asked_for_a_nonce) {
    make();
    expected.nonce.reset();
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.freshness, "unchecked");
}

struct Wrong {
    std::string name;
    std::string detail;
    std::function<void(SoftOptigaReport&)> change;
};
class OptigaRefuses : public Optiga, public ::testing::WithParamInterface<Wrong> {};

TEST_P(OptigaRefuses, it_for_its_own_reason) {
    SoftOptigaReport how;
    GetParam().change(how);
    make(how);
    expect_refused(GetParam().detail);
}

using Report = SoftOptigaReport;

Wrong cut_after(std::size_t fields, const std::string& what) {
    return {"nothing_after_field_" + std::to_string(fields), "statement: " + what,
            [=](Report& r) { r.fields = fields; }};
}

INSTANTIATE_TEST_SUITE_P(
    OneThingWrong, OptigaRefuses,
    ::testing::Values(
        Wrong{"another_profile", "statement: of another profile",
              [](Report& r) { r.profile = "hallmark-gp-applet"; }},
        Wrong{"another_version", "statement: not of version 1", [](Report& r) { r.version = 2; }},
        Wrong{"key_object_of_one_octet", "statement: the key's object is malformed",
              [](Report& r) { r.key_object = {0xF1}; }},
        Wrong{"key_that_is_no_sequence", "statement: the public key is malformed",
              [](Report& r) { r.spki = der_octet_string(make_ec_key().spki()); }},
        Wrong{"one_more_field", "statement: more than the profile has",
              [](Report& r) { r.behind_fields = der_null(); }},
        Wrong{"octets_behind_it", "statement: not exactly one DER SEQUENCE",
              [](Report& r) { r.behind_statement = {0}; }},
        cut_after(0, "of another profile"), cut_after(1, "the version is malformed"),
        cut_after(2, "the key's object is malformed"), cut_after(3, "the public key is malformed"),
        cut_after(4, "the nonce is malformed"),
        Wrong{"key_in_the_factorys_object", "key: in no object for keys of the user's",
              [](Report& r) {
                  r.key_object = {0xE0, 0xF0};
              }},
        Wrong{"key_in_a_session_object", "key: in no object for keys of the user's",
              [](Report& r) {
                  r.key_object = {0xE1, 0x00};
              }},
        Wrong{"ec_key_in_an_rsa_object", "key: of another kind than its object's",
              [](Report& r) {
                  r.key_object = {0xE0, 0xFD};
              }},
        Wrong{"rsa_key_in_an_ec_object", "key: of another kind than its object's",
              [](Report& r) { r.spki = shared_rsa_key().spki(); }},
        Wrong{"of_another_key", "key: the attested key is not the request's",
              [](Report& r) { r.spki = make_ec_key().spki(); }},
        Wrong{"on_a_curve_that_is_not_taken",
              "key: ", [](Report& r) { r.spki = make_ec_key_on("P-224").spki(); }},
        Wrong{"signed_by_another_key", "signature: not by the chip's identity key",
              [](Report& r) { r.another_key_signs = true; }},
        Wrong{"integers_without_their_sequence", "signature: not by the chip's identity key",
              [](Report& r) { r.leave_integers_bare = true; }}),
    [](const ::testing::TestParamInfo<Wrong>& row) { return row.param.name; });

TEST_F(Optiga, refuses_another_nonce_and_an_empty_one) {
    make();
    expected.nonce = Bytes(32, 8);
    expect_refused("nonce: not the one");
    expected.nonce = Bytes();
    expect_refused("nonce: none was asked for");
}

TEST_F(Optiga, refuses_another_key_than_the_requests) {
    make();
    expected.spki = make_ec_key().spki();
    expect_refused("key: the attested key is not the request's");
}

TEST_F(Optiga, refuses_the_identity_key_as_the_leaf_key) {
    SoftOptigaReport how;
    how.spki = spki_of(identity_key.get());
    make(how);
    expected.spki = how.spki;
    expect_refused("key: the chip's identity key itself");
}

TEST_F(Optiga, refuses_another_makers_root) {
    make();
    pin.anchors.roots = {SoftInfineon().root()};
    expect_refused("chain: no path to a pinned root");
}

TEST_F(Optiga, refuses_a_chain_without_its_authority) {
    make();
    evidence.members[0].values.pop_back();
    expect_refused("chain: no path to a pinned root");
}

TEST_F(Optiga, refuses_another_chips_certificate_over_the_same_statement) {
    make();
    certificate_object() = SoftOptiga(maker).certificate_object();
    expect_refused("signature: not by the chip's identity key");
}

TEST_F(Optiga, refuses_what_the_chip_signed_for_another_use) {
    // CalcSign over the digest of a request: no statement, though the chip signed it.
    const SoftOptiga chip(private_from_der(private_der(identity_key.get())),
                          maker.certify(spki_of(identity_key.get())));
    const Bytes request = make_csr(make_ec_key());
    show(chip.certificate_object(),
         {.statement = request, .signature = der(tag::sequence, chip.calc_sign(sha256(request)))});
    expect_refused("statement: of another profile");
}

TEST_F(Optiga, refuses_members_that_are_missing_or_more) {
    make();
    const Evidence good = evidence;
    evidence.members.pop_back();
    expect_refused("member: missing: signature");
    evidence = good;
    evidence.members.push_back({.name = "metadata", .values = {Bytes{1}}});
    expect_refused("member: unknown: metadata");
}

}  // namespace
}  // namespace hallmark
