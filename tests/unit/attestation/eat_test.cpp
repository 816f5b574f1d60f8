// Entity Attestation Tokens, good and with one thing wrong at a time.
#include "ca/crypto/hash.h"
#include "station/simulator/soft_cbor.h"
#include "station/simulator/soft_eat.h"
#include "tests/unit/attestation/format_fixture.h"

namespace hallmark {
namespace {

using namespace hallmark::testing;

class Eat : public FormatTest {
protected:
    Eat() : FormatTest("eat") { pin.anchors.roots = {maker.root()}; }

    SoftTokenMaker maker;
    SoftEatEntity entity{maker};
    const TestKey key = make_ec_key();

    void make(const SoftReport& how = {}) {
        evidence = {.format = "eat",
                    .members = {{.name = "token", .values = {entity.attest(nonce, how)}},
                                {.name = "chain", .values = entity.chain(), .is_list = true}}};
        expected.nonce = nonce;
        expected.spki = key.spki();
    }
};

Bytes number(std::int64_t value) {
    return soft_cbor_number(value);
}
Bytes text(std::string_view value) {
    return soft_cbor_text(value);
}
Bytes octets(std::size_t count, unsigned char first = 1) {
    Bytes all(count, 9);
    if (count > 0) all[0] = first;
    return soft_cbor_bytes(all);
}
const Bytes yes{0xF5}, no{0xF4};
SoftReport instead(std::int64_t claim, Bytes value) {
    return {.instead = {{claim, std::move(value)}}};
}
SoftReport without(std::int64_t claim) {
    return instead(claim, {});
}
SoftReport more(std::int64_t claim, Bytes value) {
    return {.more = {{claim, std::move(value)}}};
}
/// cnf (RFC 8747 3.1) with a COSE_Key on P-256.
Bytes confirming(const TestKey& key, std::int64_t member = 1) {
    const PublicKey public_key = key.public_key();
    const ByteView point = public_key.subject_public_key();
    const Bytes cose = soft_cbor_map({{number(1), number(2)},
                                      {number(-1), number(1)},
                                      {number(-2), soft_cbor_bytes(point.subspan(1, 32))},
                                      {number(-3), soft_cbor_bytes(point.subspan(33))}});
    return soft_cbor_map({{number(member), cose}});
}

TEST_F(Eat, says_what_the_entity_reports) {
    make();
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    const Claims& claims = element->claims;
    EXPECT_EQ(claims.format, "eat");
    EXPECT_EQ(claims.vendor, "example");
    EXPECT_EQ(claims.model, "Example entity 1");
    EXPECT_EQ(claims.element_serial, SeSerial(to_hex(ByteView(entity.ueid()).subspan(1))));
    EXPECT_EQ(claims.public_key, key.spki());
    EXPECT_EQ(claims.origin, "");
    EXPECT_EQ(claims.exportable, std::nullopt);
    EXPECT_TRUE(claims.usage.empty());
    EXPECT_EQ(claims.firmware, "4.2.1");
    EXPECT_EQ(claims.lifecycle, std::nullopt);
    EXPECT_EQ(claims.freshness, "nonce");
    EXPECT_EQ(claims.assurance, Assurance::platform_only);
    EXPECT_EQ(claims.anchor, sha256(maker.root()));
    EXPECT_EQ(element->element_key, sha256(spki_of(entity.attestation_key().get())));
    const std::vector<std::pair<std::string, std::string>> detail{
        {"debug_status", "disabled-since-boot"},
        {"hardware_version", "B1"},
        {"oem", "pen:32473"},
        {"profile", "https://example.org/eat/1"},
        {"software", "Example firmware"}};
    EXPECT_EQ(claims.detail, detail);
}

TEST_F(Eat, needs_no_more_than_nonce_and_debug_state) {
    SoftReport how;
    for (const std::int64_t claim : {256, 258, 259, 260, 262, 265, 270, 271, 275})
        how.instead.push_back({claim, {}});
    make(how);
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.model, std::nullopt);
    EXPECT_EQ(element->claims.element_serial, std::nullopt);
    EXPECT_EQ(element->claims.firmware, std::nullopt);
    EXPECT_EQ(element->claims.detail.size(), 1u);
}

TEST_F(Eat, takes_each_form_that_a_claim_may_have) {
    const std::vector<SoftReport> all{
        instead(256, octets(25)),
        instead(256, octets(33)),
        instead(256, octets(7, 2)),
        instead(256, octets(9, 2)),
        instead(256, octets(15, 3)),
        instead(258, octets(3)),
        instead(258, octets(16)),
        instead(259, octets(1)),
        instead(259, octets(32)),
        instead(260, soft_cbor_array({text("1.0"), text("semver")})),
        instead(263, number(3)),
        instead(263, number(4)),
        instead(265, octets(8)),
        without(275),
        instead(275, number(1)),
        instead(275, number(3)),
        more(4, number(4102444800)),
        more(5, number(1577836800)),
        more(8, confirming(key)),
        more(6, number(0)),
        more(99999, text("unknown")),
        {.instead = {}, .more = {}, .behind_claims = {}, .envelope = {.names_key = true}}};
    for (std::size_t i = 0; i < all.size(); ++i) {
        make(all[i]);
        const auto element = judge();
        EXPECT_TRUE(element.has_value()) << i << ": " << element.error().detail;
    }
}

TEST_F(Eat, tells_a_model_that_is_no_text_from_one_that_is) {
    make(instead(259, soft_cbor_bytes(Bytes{0x00, 0x01})));
    EXPECT_EQ(judge()->claims.model, "hwmodel:0001");
}

TEST_F(Eat, binds_no_key_without_a_nonce) {
    make();
    expected.nonce.reset();
    expect_refused("key: bound by the nonce alone, and none was asked for");
    expected.spki.reset();
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.freshness, "unchecked");
    EXPECT_TRUE(element->claims.public_key.empty());
}

TEST_F(Eat, binds_the_key_that_it_confirms_and_no_other) {
    make(more(8, confirming(key)));
    expected = {};
    const auto element = judge();
    ASSERT_TRUE(element.has_value()) << element.error().detail;
    EXPECT_EQ(element->claims.public_key, key.spki());
    EXPECT_EQ(element->claims.assurance, Assurance::platform_only);
    make(more(8, confirming(make_ec_key())));
    expect_refused("key: the attested key is not the request's");
}

struct WrongEat {
    std::string name;
    std::string detail;
    SoftReport how;
};
class EatRefuses : public Eat, public ::testing::WithParamInterface<WrongEat> {};

TEST_P(EatRefuses, it_for_its_own_reason) {
    make(GetParam().how);
    expect_refused(GetParam().detail);
}

constexpr auto named = [](const ::testing::TestParamInfo<WrongEat>& row) { return row.param.name; };

INSTANTIATE_TEST_SUITE_P(
    State, EatRefuses,
    ::testing::Values(
        WrongEat{"debug_not_said", "claims: no dbgstat", without(263)},
        WrongEat{"debug_enabled", "debug: not off since the start", instead(263, number(0))},
        WrongEat{"debug_off_only_now", "debug: not off since the start", instead(263, number(1))},
        WrongEat{"debug_beyond", "claims: dbgstat in another form", instead(263, number(5))},
        WrongEat{"debug_below", "claims: dbgstat in another form", instead(263, number(-1))},
        WrongEat{"debug_in_words", "claims: dbgstat in another form",
                 instead(263, text("disabled-permanently"))},
        WrongEat{"boot_not_authorised", "boot: not of software that the maker authorised",
                 instead(262, no)},
        WrongEat{"boot_in_numbers", "claims: oemboot in another form", instead(262, number(1))},
        WrongEat{"for_registration", "use: a token for something else", instead(275, number(2))},
        WrongEat{"for_proof_of_possession", "use: a token for something else",
                 instead(275, number(5))},
        WrongEat{"use_beyond", "claims: intuse in another form", instead(275, number(6))},
        WrongEat{"expired", "time: expired", more(4, number(1577836800))},
        WrongEat{"not_yet_valid", "time: not yet valid", more(5, number(4102444800))},
        WrongEat{"time_before_1970", "claims: exp in another form", more(4, number(-1))},
        WrongEat{"time_after_9999", "claims: nbf in another form", more(5, number(253402300800))},
        WrongEat{"time_in_text", "claims: exp in another form", more(4, text("2030-01-01"))}),
    named);

INSTANTIATE_TEST_SUITE_P(
    Claims, EatRefuses,
    ::testing::Values(
        WrongEat{"nonce_missing", "claims: no nonce", without(10)},
        WrongEat{"nonce_empty", "claims: nonce in another form", instead(10, octets(0))},
        WrongEat{"nonce_short", "claims: nonce in another form", instead(10, octets(7))},
        WrongEat{"nonce_long", "claims: nonce in another form", instead(10, octets(65))},
        WrongEat{"nonces", "claims: nonce in another form",
                 instead(10, soft_cbor_array({soft_cbor_bytes(Bytes(32, 7)), octets(32)}))},
        WrongEat{"nonce_of_another", "nonce: not the one that was asked for",
                 instead(10, octets(32))},
        WrongEat{"nonce_begun", "nonce: not the one that was asked for",
                 instead(10, soft_cbor_bytes(Bytes(31, 7)))},
        WrongEat{"claim_twice", "claims: not one CBOR map", more(263, number(4))},
        WrongEat{"floating_point", "claims: not one CBOR map", more(264, {0xF9, 0x3C, 0x00})},
        WrongEat{"octets_behind", "claims: not one CBOR map", {.behind_claims = {0}}},
        WrongEat{"submodules", "claims: submodules are not taken",
                 more(266, soft_cbor_map({{text("modem"), soft_cbor_map({})}}))},
        WrongEat{"of_the_psa", "profile: claims of the PSA", more(2395, number(0x3000))},
        WrongEat{"of_the_old_psa", "profile: claims of the PSA",
                 more(-75000, text("PSA_IOT_PROFILE_1"))},
        WrongEat{"of_the_last_old_psa_key", "profile: claims of the PSA", more(-75010, text("x"))},
        WrongEat{"profile_in_numbers", "claims: eat_profile in another form",
                 instead(265, number(1))},
        WrongEat{"ueid_of_no_type", "claims: ueid in another form", instead(256, octets(17, 4))},
        WrongEat{"ueid_too_short_for_random", "claims: ueid in another form",
                 instead(256, octets(16))},
        WrongEat{"ueid_short", "claims: ueid in another form", instead(256, octets(6, 2))},
        WrongEat{"ueid_long", "claims: ueid in another form", instead(256, octets(34))},
        WrongEat{"oem_of_four_octets", "claims: oemid in another form", instead(258, octets(4))},
        WrongEat{"oem_below_zero", "claims: oemid in another form", instead(258, number(-1))},
        WrongEat{"model_empty", "claims: hwmodel in another form", instead(259, octets(0))},
        WrongEat{"model_in_text", "claims: hwmodel in another form", instead(259, text("one"))},
        WrongEat{"version_bare", "claims: swversion in another form", instead(271, text("4.2.1"))},
        WrongEat{"version_empty", "claims: swversion in another form",
                 instead(271, soft_cbor_array({}))},
        WrongEat{"version_of_three", "claims: swversion in another form",
                 instead(271, soft_cbor_array({text("1"), number(1), number(1)}))},
        WrongEat{"version_scheme_in_octets", "claims: swversion in another form",
                 instead(271, soft_cbor_array({text("1"), octets(1)}))},
        WrongEat{"version_with_a_line_break", "claims: swversion in another form",
                 instead(271, soft_cbor_array({text("1\n")}))},
        WrongEat{"model_without_maker", "claims: no oemid", without(258)},
        WrongEat{"version_without_name", "claims: no swname", without(270)},
        WrongEat{"hardware_version_without_model", "claims: no hwmodel", without(259)},
        WrongEat{"permanently_by_nobody",
                 "claims: no oemid",
                 {.instead = {{258, {}}, {259, {}}, {260, {}}, {262, {}}, {263, number(3)}}}},
        WrongEat{"confirming_by_key_id", "claims: cnf in another form",
                 more(8, soft_cbor_map({{number(3), octets(8)}}))},
        WrongEat{"confirming_nothing", "claims: cnf in another form", more(8, number(1))},
        WrongEat{"confirming_a_key_of_another_kind", "key: a kind that is not taken",
                 more(8, soft_cbor_map({{number(1), soft_cbor_map({{number(1), number(1)}})}}))}),
    named);

TEST_F(Eat, must_be_signed_by_a_key_that_a_pinned_root_vouches_for) {
    SoftReport how;
    how.envelope.another_key_signs = true;
    make(how);
    expect_refused("signature: not by this key");
    how.envelope = {.tag = std::nullopt};
    make(how);
    expect_refused("cose: not tagged as COSE_Sign1");
    how.envelope = {.tag = 17};
    make(how);
    expect_refused("cose: another tag than this format's");
    make();
    pin.anchors.roots = {SoftTokenMaker().root()};
    expect_refused("chain: no path to a pinned root");
    evidence.members.pop_back();
    expect_refused("chain: none, and no pinned key signed the token");
}

TEST_F(Eat, is_refused_where_it_is_cut_off_or_changed) {
    make();
    const Bytes whole = evidence.members[0].values[0];
    for (std::size_t length = 0; length < whole.size(); ++length) {
        evidence.members[0].values[0] = to_bytes(ByteView(whole).first(length));
        expect_refused("cose: not one CBOR item");
    }
    for (std::size_t at = 0; at < whole.size(); ++at) {
        Bytes changed = whole;
        changed[at] ^= 1u;
        evidence.members[0].values[0] = changed;
        EXPECT_FALSE(judge().has_value()) << at;
    }
}

}  // namespace
}  // namespace hallmark
