// An eUICC in common mutual authentication: what it says, good and with one thing wrong at a time.
#include "ca/crypto/der.h"
#include "ca/crypto/hash.h"
#include "tests/unit/attestation/euicc_fixture.h"

namespace hallmark {
namespace {

using namespace hallmark::testing;

TEST_F(Euicc, says_which_euicc_answered) {
    make();
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    const Claims& claims = element->claims;
    EXPECT_EQ(claims.format, "euicc");
    EXPECT_EQ(claims.vendor, "example");
    EXPECT_EQ(claims.element_serial, SeSerial(eid));
    EXPECT_EQ(claims.public_key, spki);
    EXPECT_EQ(claims.freshness, "nonce");
    EXPECT_EQ(claims.anchor, sha256(pin.anchors.roots.front()));
    const std::vector<std::pair<std::string, std::string>> detail{
        {"euicc_firmware", "4.6.9"},
        {"eum", "CN=Example EUM CA,O=Example EUM"},
        {"reason", "an eUICC vouches for no key: the challenge alone binds it, with 128 bits"},
        {"server_address", "line.example"}};
    EXPECT_EQ(claims.detail, detail);
    EXPECT_EQ(element->element_key, sha256(spki_of(euicc_key.get())));
}

TEST_F(Euicc, says_nothing_that_it_does_not_vouch_for) {
    make();
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    const Claims& claims = element->claims;
    EXPECT_EQ(claims.assurance, Assurance::hw_identity_only);
    EXPECT_EQ(claims.model, std::nullopt);
    EXPECT_EQ(claims.origin, "");
    EXPECT_EQ(claims.exportable, std::nullopt);
    EXPECT_TRUE(claims.usage.empty());
    EXPECT_EQ(claims.firmware, std::nullopt);
    EXPECT_EQ(claims.lifecycle, std::nullopt);
}

TEST_F(Euicc, names_no_key_that_the_signed_challenge_does_not_bind) {
    make();
    expected.nonce.reset();
    const auto unchecked = judge();
    ASSERT_TRUE(unchecked.has_value()) << unchecked.error().detail;
    EXPECT_EQ(unchecked->claims.freshness, "unchecked");
    EXPECT_TRUE(unchecked->claims.public_key.empty()) << "no nonce was asked for";
    make();
    expected.challenge.clear();
    EXPECT_TRUE(judge().value().claims.public_key.empty()) << "the nonce is of no known key";
    make();
    expected.spki.reset();
    EXPECT_TRUE(judge().value().claims.public_key.empty()) << "no key was asked for";
}

TEST_F(Euicc, takes_the_root_in_the_chain_and_a_transaction_of_one_octet) {
    EuiccRecipe how;
    how.says.transaction = {1};
    make(how);
    chain().push_back(pin.anchors.roots.front());
    EXPECT_TRUE(judge().has_value()) << judge().error().detail;
}

class EuiccRefuses : public Euicc, public ::testing::WithParamInterface<WrongEuicc> {};

TEST_P(EuiccRefuses, it_for_its_own_reason) {
    EuiccRecipe how;
    GetParam().change(how);
    make(how);
    expect_refused(GetParam().detail);
}

using Says = SoftEuiccReport;

WrongEuicc wrong_words(const std::string& name, const std::string& detail,
                       const std::function<void(Says&)>& change) {
    return {name, detail, [=](EuiccRecipe& how) { change(how.says); }};
}
WrongEuicc cut_after(std::size_t fields, const std::string& what) {
    return wrong_words("nothing_after_field_" + std::to_string(fields), "statement: " + what,
                       [=](Says& s) { s.fields = fields; });
}

INSTANTIATE_TEST_SUITE_P(
    Statement, EuiccRefuses,
    ::testing::Values(
        wrong_words("no_transaction", "statement: the transaction's number is malformed",
                    [](Says& s) { s.transaction.clear(); }),
        wrong_words("transaction_of_17_octets", "statement: the transaction's number is malformed",
                    [](Says& s) { s.transaction = Bytes(17, 1); }),
        wrong_words("no_server", "statement: the server's address is malformed",
                    [](Says& s) { s.server.clear(); }),
        wrong_words("server_with_a_space", "statement: the server's address is malformed",
                    [](Says& s) { s.server = "line example"; }),
        wrong_words("server_of_254_characters", "statement: the server's address is malformed",
                    [](Says& s) { s.server = std::string(254, 'a'); }),
        wrong_words("challenge_of_15_octets", "statement: the challenge is malformed",
                    [](Says& s) { s.challenge = Bytes(15, 7); }),
        wrong_words("the_whole_nonce_as_challenge", "statement: the challenge is malformed",
                    [](Says& s) { s.challenge = Bytes(32, 7); }),
        wrong_words("two_versions", "statement: what the eUICC says of itself is malformed",
                    [](Says& s) { s.versions.pop_back(); }),
        wrong_words("version_of_two_octets",
                    "statement: what the eUICC says of itself is malformed",
                    [](Says& s) {
                        s.versions[2] = {4, 6};
                    }),
        wrong_words("octets_that_are_no_der_in_it",
                    "statement: what the eUICC says of itself is malformed",
                    [](Says& s) {
                        s.behind_versions = {0x84, 0x81, 0x01, 0x00};
                    }),
        wrong_words("33_members_more", "statement: what the eUICC says of itself is malformed",
                    [](Says& s) {
                        for (int i = 0; i < 30; ++i)
                            append(s.behind_versions, ByteView(der_null()));
                    }),
        wrong_words("an_unknown_context", "statement: the context is malformed",
                    [](Says& s) { s.context_tag = {0xA1}; }),
        wrong_words("one_more_field", "statement: more than its definition has",
                    [](Says& s) { s.behind_fields = der_null(); }),
        wrong_words("octets_behind_it", "statement: not exactly one DER SEQUENCE",
                    [](Says& s) { s.behind_statement = {0}; }),
        cut_after(0, "the transaction's number is malformed"),
        cut_after(1, "the server's address is malformed"),
        cut_after(2, "the challenge is malformed"),
        cut_after(3, "what the eUICC says of itself is malformed"),
        cut_after(4, "the context is malformed"),
        wrong_words("challenge_of_another_server", "nonce: not the one that was asked for",
                    [](Says& s) { s.challenge = Bytes(16, 8); }),
        wrong_words("anothers_signature", "signature: not by this eUICC",
                    [](Says& s) { s.another_key_signs = true; }),
        wrong_words("signature_in_der", "signature: not of 64 octets",
                    [](Says& s) { s.signature_in_der = true; })),
    [](const ::testing::TestParamInfo<WrongEuicc>& row) { return row.param.name; });

TEST_F(Euicc, refuses_other_forms_of_the_signature) {
    make();
    Bytes& signature = evidence.members[2].values.front();
    const Bytes good = signature;
    signature = concat({Bytes{0x5F, 0x37, 0x40}, good});
    expect_refused("signature: not of 64 octets");
    signature = {good.begin(), good.end() - 1};
    expect_refused("signature: not of 64 octets");
    signature = Bytes(64, 0);
    expect_refused("signature: not by this eUICC");
}

TEST_F(Euicc, refuses_a_nonce_that_is_short_empty_or_another) {
    make();
    expected.nonce = Bytes(15, 7);
    expect_refused("nonce: not the one that was asked for");
    expected.nonce = Bytes();
    expect_refused("nonce: none was asked for");
    expected.nonce = concat({Bytes(15, 7), Bytes(17, 8)});
    expect_refused("nonce: not the one that was asked for");
}

TEST_F(Euicc, refuses_members_that_are_missing_or_more) {
    make();
    const Evidence good = evidence;
    evidence.members.pop_back();
    expect_refused("member: missing: signature");
    evidence = good;
    evidence.members.push_back({.name = "public_key", .values = {spki}});
    expect_refused("member: unknown: public_key");
}

}  // namespace
}  // namespace hallmark
