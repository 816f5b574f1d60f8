// A lot on its way from its vendor to its site, by the real commands: each hand signs, and nothing
// is released over a gap.
#include "tests/e2e/ledger_house.h"

namespace hallmark {
namespace {

namespace json = boost::json;
using testing::Ended;
using ::testing::HasSubstr;
using testing::HouseSigner;

class HandOversAtTheDoor : public testing::LedgerHouseTest {
protected:
    Ended hand_over(std::vector<std::string> words, const std::string& lot = "lot-2") {
        words.insert(words.begin(), {"lot", "hand-over", lot});
        return run(std::move(words));
    }
    [[nodiscard]] HandOverEnd end_of(const std::string& lot = "lot-2") {
        return HandOverService(server, registry).of_lot(LotId(lot)).value().end;
    }
    Ended bring(const std::string& document) {
        const std::string file = (folder.path() / "entry.json").string();
        std::ofstream(file, std::ios::binary) << document;
        return hand_over({"--document", file});
    }
    [[nodiscard]] std::string state(const std::string& lot = "lot-2") {
        return ask<std::string>("SELECT state FROM lot WHERE id = '" + lot + "'");
    }
};

TEST_F(HandOversAtTheDoor, a_lot_is_released_once_it_was_received_where_it_is_used) {
    (void)delivered({.lot = "lot-2", .prefix = "h-", .count = 2});
    ASSERT_EQ(run({"lot", "allot", "lot-2", "--product", "tpm-gateway", "--site", "hall-1",
                   "--line", "line-a"})
                  .status,
              0);
    EXPECT_EQ(ask<std::string>("SELECT line FROM lot WHERE id = 'lot-2'"), "line-a");
    EXPECT_EQ(run({"lot", "release", "lot-2"}).status, 3);
    EXPECT_EQ(last_detail("lot-release.refused"), "hand-over: nobody received the lot");
    ASSERT_EQ(
        hand_over({"--kind", "receiving", "--units", "2", "--to", "goods-in", "--site", "hall-2"})
            .status,
        0);
    EXPECT_EQ(run({"lot", "release", "lot-2"}).status, 3);
    EXPECT_EQ(last_detail("lot-release.refused"),
              "hand-over: the lot was received at another site");
    EXPECT_EQ(state(), "allotted");
    const Ended moved =
        hand_over({"--kind", "line", "--units", "2", "--to", "line-a", "--site", "hall-1"});
    ASSERT_EQ(moved.status, 0) << moved.err;
    EXPECT_EQ(run({"lot", "release", "lot-2"}).status, 0);
    EXPECT_EQ(state(), "released");
    EXPECT_EQ(events("lot-release.refused"), 2);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM event WHERE type = 'lot.handed_over' AND lot = "
                        "'lot-2'"),
              2);
    const Ended listed = run({"--json", "lot", "hand-overs", "lot-2"});
    ASSERT_EQ(listed.status, 0) << listed.err;
    const json::array entries = json::parse(listed.out).at("hand_overs").as_array();
    ASSERT_EQ(entries.size(), 2u);
    EXPECT_EQ(entries[0].at("previous").as_string(),
              ask<std::string>("SELECT encode(sha256, 'hex') FROM manifest WHERE lot = 'lot-2'"));
    EXPECT_EQ(entries[1].at("previous"), entries[0].at("sha256"));
    EXPECT_EQ(to_hex(sha256(as_bytes(std::string(entries[0].at("document").as_string())))),
              entries[0].at("sha256").as_string());
}

TEST_F(HandOversAtTheDoor, outside_parties_sign_for_themselves) {
    const HouseSigner vendor = testing::make_house_signer("swtpm");
    const HouseSigner trader = testing::make_house_signer("trader");
    pin("hand-over", {.roots = {vendor.poster.certificate}, .intermediates = {}});
    must(
        registry.pin_vendor({.vendor = VendorId("trader"),
                             .format = "hand-over",
                             .anchors = {.roots = {trader.poster.certificate}, .intermediates = {}},
                             .exceptions = {}},
                            "setup", now()));
    (void)allotted({.lot = "lot-2", .prefix = "h-", .count = 3});
    const LotId lot("lot-2");
    ASSERT_EQ(bring(vendor.sign(
                        testing::next_entry(lot, end_of(), HandOverKind::vendor, "trader", now())))
                  .status,
              0);
    EXPECT_EQ(run({"lot", "release", "lot-2"}).status, 3) << "sold, and not arrived";
    HandOver sold = testing::next_entry(lot, end_of(), HandOverKind::distributor, "hall", now());
    sold.units = 2;
    EXPECT_EQ(bring(vendor.sign(sold)).status, 3) << "the vendor does not sign for the trader";
    EXPECT_EQ(last_detail("hand-over.refused"), "manifest signer: not pinned");
    ASSERT_EQ(bring(trader.sign(sold)).status, 0);
    EXPECT_EQ(
        hand_over({"--kind", "receiving", "--units", "3", "--to", "goods-in", "--site", "hall-1"})
            .status,
        3)
        << "more than the trader gave";
    ASSERT_EQ(
        hand_over({"--kind", "receiving", "--units", "2", "--to", "goods-in", "--site", "hall-1"})
            .status,
        0);
    EXPECT_EQ(run({"lot", "release", "lot-2"}).status, 0);
    EXPECT_EQ(run({"--json", "lot", "report", "lot-2"}).status, 0);
}

TEST_F(HandOversAtTheDoor, what_is_scrapped_or_returned_goes_by_name_and_once) {
    ASSERT_EQ(run({"element", "scrap", "swtpm", "gw-1"}).status, 0);
    ASSERT_EQ(run({"element", "return", "swtpm", "gw-2"}).status, 0);
    const std::vector<std::string> scrap{"--kind", "scrap", "--to", "smelter", "--units", "1"};
    const auto named = [&](const std::string& unique_id) {
        auto words = scrap;
        words.insert(words.end(), {"--element", unique_id});
        return hand_over(words, "lot-1").status;
    };
    EXPECT_EQ(named("gw-3"), 3) << "it is in use";
    EXPECT_EQ(named("gw-2"), 3) << "it was returned, not scrapped";
    EXPECT_EQ(named("gw-9"), 3);
    EXPECT_EQ(named("gw-1"), 0);
    EXPECT_EQ(named("gw-1"), 3) << "given away before";
    EXPECT_EQ(hand_over({"--kind", "return", "--to", "swtpm", "--units", "1", "--element", "gw-2"},
                        "lot-1")
                  .status,
              0);
    EXPECT_EQ(end_of("lot-1").units, 2u);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM hand_over_element"), 2);
    EXPECT_EQ(run({"element", "scrap", "swtpm", "gw-2"}).status, 3) << "it never comes back";
}

TEST_F(HandOversAtTheDoor, the_key_that_signs_is_the_callers_own) {
    (void)allotted({.lot = "lot-2", .prefix = "h-", .count = 2});
    HandOver entry =
        testing::next_entry(LotId("lot-2"), end_of(), HandOverKind::receiving, "goods-in", now());
    entry.site = SiteId("hall-1");
    const std::string by_grace =
        write_hand_over(entry, sha256(ground.grace.certificate),
                        FileKey::parse(testing::text_of(ground.grace.key_file)).value());
    EXPECT_EQ(bring(by_grace).status, 3) << "ada brings what grace signed";
    EXPECT_EQ(last_detail("hand-over.refused"), "hand-over: signed by another than its poster");
    const std::string forged =
        write_hand_over(entry, sha256(ground.ada.certificate),
                        FileKey::parse(testing::text_of(ground.grace.key_file)).value());
    EXPECT_EQ(bring(forged).status, 3);
    EXPECT_EQ(last_detail("hand-over.refused"), "hand-over: signature does not verify");
    EXPECT_EQ(hand_over({"--kind", "receiving"}).status, 2) << "nothing said of units";
    EXPECT_EQ(hand_over({"--kind", "gift", "--units", "1", "--to", "x"}).status, 2);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM hand_over WHERE lot = 'lot-2'"), 0);
}

TEST_F(HandOversAtTheDoor, a_lot_that_was_handed_over_takes_no_more_manifests) {
    (void)allotted({.lot = "lot-2", .prefix = "h-", .count = 2});
    (void)delivered({.lot = "lot-3", .prefix = "i-", .count = 1});
    const auto entry = [&](const std::string& lot) {
        return hand_over(
            {"--kind", "receiving", "--units", "1", "--to", "goods-in", "--site", "hall-1"}, lot);
    };
    ASSERT_EQ(entry("lot-3").status, 0);
    EXPECT_THROW((void)delivered({.lot = "lot-3", .prefix = "j-", .count = 1}), std::runtime_error);
    EXPECT_EQ(last_detail("manifest.refused"), "lot came by another manifest and takes no more");
}

}  // namespace
}  // namespace hallmark
