// What one person may not end alone, what one may do alone for a while and how loudly, and the many
// that two end at once.
#include "tests/redteam/two_people_fixture.h"

namespace hallmark {
namespace {

using testing::approve;
using testing::Offer;
using testing::offer_in;
namespace json = boost::json;

class TwoPeopleBounds : public testing::TwoPeopleHouse {};

TEST_F(TwoPeopleBounds, a_held_lot_and_a_held_element_come_back_by_two) {
    auto desk = office(ground.ada);
    ASSERT_EQ(desk.request("POST", "/v1/lots/lot-1/hold", "{}").status, 200);
    const Offer offer = offer_in(desk.request("POST", "/v1/lots/lot-1/release", "{}"));
    EXPECT_EQ(ask<std::string>("SELECT state FROM lot WHERE id = 'lot-1'"), "held");
    auto stood = before();
    expect_refused(approve(office(ground.ada), offer), 403, stood);
    ASSERT_EQ(approve(office(ground.grace), offer).status, 200);
    EXPECT_EQ(ask<std::string>("SELECT state FROM lot WHERE id = 'lot-1'"), "released");
    ASSERT_EQ(desk.request("POST", "/v1/elements/swtpm/gw-1/hold", "{}").status, 200);
    const Offer back = offer_in(desk.request("POST", "/v1/elements/swtpm/gw-1/unhold", "{}"));
    ASSERT_EQ(approve(office(ground.grace), back).status, 200);
    EXPECT_EQ(ask<std::string>("SELECT state FROM element WHERE id = 'swtpm/gw-1'"), "allotted");
}

TEST_F(TwoPeopleBounds, a_broken_glass_is_seen_by_everybody_until_two_close_it) {
    auto desk = office(ground.ada);
    const auto listed = [&] {
        const auto answer = desk.request("GET", "/v1/audit/events?limit=1");
        return json::parse(answer.body).at("break_glass").as_array().size();
    };
    EXPECT_EQ(listed(), 0u);
    EXPECT_EQ(desk.request("POST", "/v1/break-glass", R"({"reason":"fire","seconds":3601})").status,
              400);
    ASSERT_EQ(desk.request("POST", "/v1/break-glass", R"({"reason":"fire","seconds":600})").status,
              201);
    EXPECT_EQ(desk.request("POST", "/v1/break-glass", R"({"reason":"more","seconds":600})").status,
              409);
    EXPECT_EQ(listed(), 1u);
    EXPECT_NE(fetch("ops", "/healthz/ready").find(R"("break_glass":"failed")"), std::string::npos);
    EXPECT_TRUE(soon([&] {
        return fetch("ops", "/metrics").find("hallmark_break_glass_open 1") != std::string::npos;
    }));
    const Offer offer = station_2(ground.ada);
    ASSERT_EQ(approve(office(ground.ada), offer).status, 200);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM proposal p JOIN break_glass b ON b.id = "
                        "p.break_glass WHERE p.id = '" +
                        offer.id + "'"),
              1);
    const Offer closing =
        offer_in(desk.request("POST", "/v1/break-glass/close", R"({"finding":"station-2"})"));
    const auto stood = before();
    expect_refused(approve(office(ground.ada), closing), 403, stood);
    EXPECT_EQ(listed(), 1u);
    ASSERT_EQ(approve(office(ground.grace), closing).status, 200);
    EXPECT_EQ(listed(), 0u);
}

TEST_F(TwoPeopleBounds, many_are_revoked_by_the_list_that_two_saw) {
    auto line = station();
    std::vector<testing::Bench> used;
    for (std::size_t i = 0; i < 2; ++i) {
        used.emplace_back(tpms[i]);
        ASSERT_EQ(line.provision(used[i]).status, 201);
    }
    ASSERT_TRUE(soon([&] { return line.install(used[0]).status == 200; }));
    auto desk = office(ground.ada);
    const std::string of_lot = "/v1/revocations/preview?lot=lot-1";
    EXPECT_EQ(desk.request("GET", "/v1/revocations/preview").status, 400);
    const auto list_of = [](const ClientAnswer& answer) {
        return json::parse(answer.body).at("list_sha256");
    };
    const auto preview = desk.request("GET", of_lot);
    ASSERT_EQ(preview.status, 200) << preview.body;
    EXPECT_EQ(json::parse(preview.body).at("credentials").as_int64(), 1);
    const auto order = [&](const json::value& list) {
        return json::serialize(
            json::object{{"lot", "lot-1"}, {"reason", "key_compromise"}, {"list_sha256", list}});
    };
    const Offer offer = offer_in(desk.request("POST", "/v1/revocations", order(list_of(preview))));
    // One more is in use by now: whoever approves has not seen it.
    ASSERT_TRUE(soon([&] { return line.install(used[1]).status == 200; }));
    const auto stood = before();
    expect_refused(approve(office(ground.grace), offer), 409, stood, "proposal.stale");
    EXPECT_EQ(ask<long>("SELECT count(*) FROM credential WHERE state = 'active'"), 2);

    const auto again = desk.request("GET", of_lot);
    const Offer whole = offer_in(desk.request("POST", "/v1/revocations", order(list_of(again))));
    ASSERT_EQ(approve(office(ground.grace), whole).status, 200);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM credential WHERE state = 'retired'"), 2);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM ending WHERE reason = 'key_compromise'"), 2);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM event WHERE type = 'credential.retired'"), 2);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM event WHERE type = 'revocation.bulk'"), 1);
}

}  // namespace
}  // namespace hallmark
