// One entry of a lot's chain, and the chain: what is read, what is not, and what may follow what.
#include "ca/custody/hand_over.h"

#include "ca/crypto/hash.h"
#include "ca/json/json.h"
#include "tests/support/received.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hallmark {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using testing::HouseSigner;
using testing::noon;

const LotId lot_1{"lot-1"};
const HouseSigner& signer() {
    static const HouseSigner made = testing::make_house_signer("ada");
    return made;
}
PublicKey key_of(const HouseSigner& whose) {
    return parse_public_key(parse_certificate(whose.poster.certificate).value().spki).value();
}

HandOverEnd origin(std::uint64_t units = 10) {
    return hand_over_origin(
        {.vendor = VendorId("example"), .units = units, .manifests = {sha256(as_bytes("m"))}});
}
HandOver receiving(const HandOverEnd& end = origin()) {
    HandOver entry = testing::next_entry(lot_1, end, HandOverKind::receiving, "goods-in", noon());
    entry.site = SiteId("north");
    return entry;
}
HandOverDocument read(const HandOver& entry) {
    return parse_hand_over(signer().sign(entry)).value();
}
/// The document with one of its parts made anew and signed again by nobody.
std::string with(const std::string& document, const char* member, const std::string& text) {
    json::object jws = json::parse(document).as_object();
    jws[member] = to_base64url(as_bytes(text));
    return json::serialize(jws);
}

void expect_not_read(const std::string& document, const char* why) {
    const auto read = parse_hand_over(document);
    ASSERT_TRUE(read.has_error()) << document;
    EXPECT_EQ(read.error().reason, Reason::invalid_document);
    EXPECT_THAT(read.error().detail, HasSubstr(why)) << document;
}

TEST(HandOver, is_read_as_it_was_written_and_verifies_under_its_signers_key_alone) {
    HandOver entry = testing::next_entry(lot_1, origin(), HandOverKind::scrap, "smelter", noon());
    entry.units = 2;
    entry.elements = {"01", "02"};
    const std::string text = signer().sign(entry);
    const auto document = parse_hand_over(text);
    ASSERT_TRUE(document.has_value()) << document.error().detail;
    EXPECT_EQ(document->sha256, sha256(as_bytes(text)));
    EXPECT_EQ(document->certificate_sha256, sha256(signer().poster.certificate));
    EXPECT_EQ(document->entry.lot, lot_1);
    EXPECT_EQ(document->entry.sequence, 1u);
    EXPECT_EQ(document->entry.kind, HandOverKind::scrap);
    EXPECT_EQ(document->entry.from, "example");
    EXPECT_EQ(document->entry.to, "smelter");
    EXPECT_EQ(document->entry.units, 2u);
    EXPECT_EQ(document->entry.site, std::nullopt);
    EXPECT_EQ(document->entry.at, floor_to_second(noon()));
    EXPECT_EQ(document->entry.previous, sha256(as_bytes("m")));
    EXPECT_EQ(document->entry.elements, (std::vector<std::string>{"01", "02"}));
    EXPECT_TRUE(is_signed_by(*document, key_of(signer())));
    EXPECT_FALSE(is_signed_by(*document, key_of(testing::make_house_signer("grace"))));
}

TEST(HandOver, does_not_verify_where_a_word_was_changed) {
    std::string payload = hand_over_payload(receiving());
    payload.replace(payload.find("goods-in"), 8, "goods-on");
    const auto changed = parse_hand_over(with(signer().sign(receiving()), "payload", payload));
    ASSERT_TRUE(changed.has_value()) << changed.error().detail;
    EXPECT_FALSE(is_signed_by(*changed, key_of(signer())));
}

TEST(HandOver, is_not_read_in_any_other_form) {
    const std::string good = signer().sign(receiving());
    expect_not_read("", "document");
    expect_not_read("[" + good + "]", "not an object");
    json::object jws = json::parse(good).as_object();
    jws["header"] = json::object{{"kid", "1"}};
    expect_not_read(json::serialize(jws), "not a flattened JWS");
    jws.erase("header");
    jws["signature"] = "AAAA";
    expect_not_read(json::serialize(jws), "64 octets");
    const std::string digest = to_base64url(sha256(as_bytes("c")));
    for (const std::string& header :
         {R"({"alg":"none","typ":"hallmark-hand-over+jws","x5t#S256":")" + digest + "\"}",
          R"({"alg":"ES256","typ":"JWT","x5t#S256":")" + digest + "\"}",
          R"({"alg":"ES256","crit":["b64"],"typ":"hallmark-hand-over+jws","x5t#S256":")" + digest +
              "\"}",
          std::string(R"({"alg":"ES256","typ":"hallmark-hand-over+jws"})")})
        expect_not_read(with(good, "protected", header), "protected header is not");
    expect_not_read(with(good, "protected",
                         R"({"alg":"ES256","typ":"hallmark-hand-over+jws","x5t#S256":"AAAA"})"),
                    "x5t#S256");
}

TEST(HandOver, says_each_thing_in_one_way_alone) {
    const std::string good = signer().sign(receiving());
    const json::object payload = json::parse(hand_over_payload(receiving())).as_object();
    const auto changed = [&](const char* name, const json::value& value) {
        json::object made = payload;
        made[name] = value;
        return with(good, "payload", canonical_json(made));
    };
    expect_not_read(with(good, "payload", " " + hand_over_payload(receiving())), "canonical");
    for (const char* fraction : {R"({"units":1.0})", R"({"units":{"of":[1e3]}})"})
        expect_not_read(with(good, "payload", fraction), "canonical");
    expect_not_read(changed("kind", "gift"), "kind");
    expect_not_read(changed("units", 0), "units");
    expect_not_read(changed("units", "10"), "units");
    expect_not_read(changed("units", 1'000'000'001), "units");
    expect_not_read(changed("sequence", 0), "sequence");
    expect_not_read(changed("sequence", 257), "sequence");
    expect_not_read(changed("at", "2026-11-24T10:00:00+00:00"), "at malformed");
    expect_not_read(changed("previous", json::string(64, 'A')), "previous");
    expect_not_read(changed("lot", "LOT"), "lot");
    expect_not_read(changed("from", ""), "from");
    expect_not_read(changed("to", "a b"), "to");
    expect_not_read(changed("site", "North"), "site");
    expect_not_read(changed("colour", "red"), "members of its kind");
    expect_not_read(changed("elements", json::array{"01"}), "members of its kind");
    expect_not_read(changed("kind", "vendor"), "members of its kind");
}

TEST(HandOver, names_as_many_elements_as_units_each_once_in_order) {
    HandOver entry = testing::next_entry(lot_1, origin(), HandOverKind::return_, "example", noon());
    entry.units = 2;
    for (const std::vector<std::string>& elements :
         {std::vector<std::string>{"01"}, {"02", "01"}, {"01", "01"}, {"01", "a b"}}) {
        entry.elements = elements;
        EXPECT_TRUE(parse_hand_over(signer().sign(entry)).has_error()) << elements.back();
    }
    entry.elements.clear();
    for (int i = 10000; i < 10501; ++i)
        entry.elements.push_back(std::to_string(i));
    entry.units = 501;
    EXPECT_EQ(parse_hand_over(signer().sign(entry)).error().reason, Reason::too_large);
    EXPECT_EQ(parse_hand_over(std::string(64 * 1024 + 1, ' ')).error().reason, Reason::too_large);
}

TEST(HandOverChain, begins_with_the_manifest_or_with_all_of_them_in_order) {
    const Digest one = sha256(as_bytes("1"));
    const Digest two = sha256(as_bytes("2"));
    const auto of = [](std::vector<Digest> manifests) {
        return hand_over_origin(
                   {.vendor = VendorId("example"), .units = 4, .manifests = std::move(manifests)})
            .previous;
    };
    EXPECT_EQ(of({one}), one);
    EXPECT_EQ(of({one, two}), of({two, one}));
    EXPECT_EQ(of({one, two}), sha256(concat({std::min(one, two), std::max(one, two)})));
    EXPECT_EQ(origin().holder, "example");
    EXPECT_EQ(origin().units, 10u);
}

TEST(HandOverChain, goes_from_hand_to_hand_with_never_more_units) {
    HandOver sold = testing::next_entry(lot_1, origin(), HandOverKind::vendor, "trader", noon());
    sold.units = 9;
    const auto after_sale = follow(origin(), lot_1, read(sold));
    ASSERT_TRUE(after_sale.has_value()) << after_sale.error().detail;
    EXPECT_TRUE(check_arrived(*after_sale, SiteId("north")).has_error());
    HandOver more = receiving(*after_sale);
    more.units = 10;
    EXPECT_TRUE(follow(*after_sale, lot_1, read(more)).has_error());
    const auto arrived = follow(*after_sale, lot_1, read(receiving(*after_sale)));
    ASSERT_TRUE(arrived.has_value());
    EXPECT_TRUE(check_arrived(*arrived, SiteId("north")).has_value());
    EXPECT_TRUE(check_arrived(*arrived, SiteId("south")).has_error());
    HandOver scrap = testing::next_entry(lot_1, *arrived, HandOverKind::scrap, "smelter", noon());
    scrap.units = 2;
    scrap.elements = {"01", "02"};
    const auto rest = follow(*arrived, lot_1, read(scrap));
    ASSERT_TRUE(rest.has_value());
    EXPECT_EQ(rest->units, 7u);
    EXPECT_EQ(rest->holder, "goods-in");
    EXPECT_TRUE(check_arrived(*rest, SiteId("north")).has_value()) << "the lot is still there";
    const auto left = follow(
        *rest, lot_1,
        read(testing::next_entry(lot_1, *rest, HandOverKind::distributor, "trader", noon())));
    ASSERT_TRUE(left.has_value());
    EXPECT_TRUE(check_arrived(*left, SiteId("north")).has_error()) << "it went on";
}

TEST(HandOverChain, takes_no_entry_that_does_not_follow) {
    const auto refused = [](void (*spoil)(HandOver&)) {
        HandOver entry = receiving();
        spoil(entry);
        const auto longer = follow(origin(), lot_1, read(entry));
        return longer.has_error() && longer.error().reason == Reason::conflict;
    };
    EXPECT_FALSE(refused([](HandOver&) {}));
    EXPECT_TRUE(refused([](HandOver& entry) { entry.lot = LotId("lot-2"); }));
    EXPECT_TRUE(refused([](HandOver& entry) { entry.sequence = 2; }));
    EXPECT_TRUE(refused([](HandOver& entry) { entry.previous = sha256(as_bytes("other")); }));
    EXPECT_TRUE(refused([](HandOver& entry) { entry.from = "trader"; }));
    EXPECT_TRUE(refused([](HandOver& entry) { entry.units = 11; }));
    EXPECT_TRUE(check_arrived(origin(), SiteId("north")).has_error());
}

}  // namespace
}  // namespace hallmark
