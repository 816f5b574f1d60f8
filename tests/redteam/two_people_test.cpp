// One operator, or the key of one, against the rule of two: every way round it that we know, taken
// at the office door. Each ends refused, with one record, counted once, and nothing else changed.
#include "tests/e2e/two_people.h"

#include "ca/crypto/file_key.h"
#include "ca/registry/possession.h"
#include "tests/e2e/house_fixture.h"

#include <future>

namespace hallmark {
namespace {

using testing::approve;
using testing::Badge;
using testing::Offer;
using testing::offer_in;
using testing::Standing;
namespace json = boost::json;

class TwoPeople : public testing::HouseTest {
protected:
    /// Of every row that gives authority, and of what is on the line.
    std::string authority() {
        std::string all;
        for (const char* table :
             {"principal", "station", "operator", "operator_voucher", "vendor_pin",
              "product_policy", "intermediate", "lot", "element", "break_glass", "known_key"}) {
            all += ask<std::string>(
                "SELECT md5(COALESCE(string_agg(t::text, ',' ORDER BY t::text)"
                ", '')) FROM " +
                std::string(table) + " t");
        }
        return all;
    }
    long refusals_counted() const {
        const std::string metrics = fetch("ops", "/metrics");
        long sum = 0;
        for (std::size_t at = metrics.find("\nhallmark_refusals_total{"); at != std::string::npos;
             at = metrics.find("\nhallmark_refusals_total{", at + 1)) {
            const std::size_t end = metrics.find('\n', at + 1);
            const std::string line = metrics.substr(at + 1, end - at - 1);
            sum += std::stol(line.substr(line.rfind(' ') + 1));
        }
        return sum;
    }
    int at_line(const Badge& badge) const {
        return HttpsClient(caller("factory", badge)).request("GET", "/v1/station").status;
    }
    std::string state_of(const Offer& offer) {
        return ask<std::string>("SELECT state FROM proposal WHERE id = '" + offer.id + "'");
    }

    struct Before {
        std::string authority;
        long events = 0;
        long refusals = 0;
    };
    Before before() {
        return {authority(), ask<long>("SELECT count(*) FROM event"), refusals_counted()};
    }
    void expect_refused(const ClientAnswer& answer, int status, const Before& stood,
                        const std::string& record = "proposal.refused") {
        EXPECT_EQ(answer.status, status) << answer.body;
        EXPECT_EQ(authority(), stood.authority);
        EXPECT_EQ(ask<long>("SELECT count(*) FROM event"), stood.events + 1);
        EXPECT_EQ(ask<std::string>("SELECT type FROM event ORDER BY number DESC LIMIT 1"), record);
        EXPECT_EQ(refusals_counted(), stood.refusals + 1);
        EXPECT_EQ(answer.body.find("enrolled"), std::string::npos) << "the cause stays inside";
    }

    Offer station_2(const Badge& by) {
        return offer_in(
            office(by).request("POST", "/v1/stations",
                               json::serialize(json::object{
                                   {"id", "station-2"},
                                   {"site", "hall-1"},
                                   {"products", json::array{"tpm-gateway"}},
                                   {"certificate", to_base64(ground.station_2.certificate)}})));
    }
    /// Another operator, enrolled by ada and grace.
    Badge enrolled(const std::string& name) {
        const Badge badge = ground.badge(name);
        const auto key = FileKey::parse(testing::text_of(badge.key_file)).value();
        const Bytes proof = key.sign(possession_text("operator", name, sha256(badge.certificate)));
        const Offer offer = offer_in(
            office(ground.ada)
                .request("POST", "/v1/operators",
                         json::serialize(json::object{{"id", name},
                                                      {"roles", json::array{"security-officer"}},
                                                      {"certificate", to_base64(badge.certificate)},
                                                      {"proof", to_base64(proof)}})));
        EXPECT_EQ(approve(office(ground.grace), offer).status, 200);
        return badge;
    }
};

TEST_F(TwoPeople, what_two_decide_happens) {
    const Offer offer = station_2(ground.ada);
    EXPECT_EQ(at_line(ground.station_2), 401);
    EXPECT_EQ(approve(office(ground.grace), offer).status, 200);
    EXPECT_EQ(at_line(ground.station_2), 200);
}

TEST_F(TwoPeople, nobody_approves_their_own) {
    const Offer offer = station_2(ground.ada);
    const auto stood = before();
    expect_refused(approve(office(ground.ada), offer), 403, stood);
    EXPECT_EQ(state_of(offer), "open");
}

TEST_F(TwoPeople, an_approval_is_good_once) {
    const Offer offer = station_2(ground.ada);
    ASSERT_EQ(approve(office(ground.grace), offer).status, 200);
    const auto stood = before();
    expect_refused(approve(office(ground.grace), offer), 409, stood);
}

TEST_F(TwoPeople, an_approval_of_one_is_none_of_another_that_says_the_same) {
    const Offer first = station_2(ground.ada);
    const Offer second = station_2(ground.ada);
    ASSERT_NE(first.sha256, second.sha256);
    const auto stood = before();
    expect_refused(approve(office(ground.grace), {second.id, first.sha256}), 409, stood);
    EXPECT_EQ(state_of(second), "open");
}

TEST_F(TwoPeople, nobody_approves_what_changed_since) {
    must(registry.set_station_state(StationId("station-1"), "suspended", "setup", now()));
    const Offer offer =
        offer_in(office(ground.ada).request("POST", "/v1/stations/station-1/resume", "{}"));
    // Another suspects the station anew: whoever approves has not seen that.
    must(registry.set_station_state(StationId("station-1"), "active", "setup", now()));
    ASSERT_EQ(office(ground.grace).request("POST", "/v1/stations/station-1/suspend", "{}").status,
              200);
    const auto stood = before();
    expect_refused(approve(office(ground.grace), offer), 409, stood, "proposal.stale");
    EXPECT_EQ(state_of(offer), "stale");
    EXPECT_EQ(at_line(ground.station_1), 401);
}

TEST_F(TwoPeople, nobody_approves_for_whom_they_enrolled_nor_for_who_enrolled_them) {
    const Badge puppet = enrolled("puppet");
    const Offer of_puppet = station_2(puppet);
    auto stood = before();
    expect_refused(approve(office(ground.ada), of_puppet), 403, stood);
    stood = before();
    expect_refused(approve(office(ground.grace), of_puppet), 403, stood);
    const Offer of_ada = station_2(ground.ada);
    stood = before();
    expect_refused(approve(office(puppet), of_ada), 403, stood);
}

TEST_F(TwoPeople, nobody_approves_after_they_lost_the_role) {
    const Badge first = enrolled("first");
    const Badge second = enrolled("second");
    const Offer offer = station_2(first);
    const Offer demotion =
        offer_in(office(ground.ada)
                     .request("POST", "/v1/operators/second/roles", R"({"roles":["auditor"]})"));
    ASSERT_EQ(approve(office(ground.grace), demotion).status, 200);
    auto stood = before();
    expect_refused(approve(office(second), offer), 403, stood);
    // Nor is anything applied for one who lost it.
    const Offer other =
        offer_in(office(ground.ada)
                     .request("POST", "/v1/operators/first/roles", R"({"roles":["auditor"]})"));
    ASSERT_EQ(approve(office(ground.grace), other).status, 200);
    const Badge third = enrolled("third");
    stood = before();
    expect_refused(approve(office(third), offer), 403, stood);
}

TEST_F(TwoPeople, whoever_is_suspended_approves_nothing) {
    const Offer offer = station_2(ground.ada);
    ASSERT_EQ(office(ground.ada).request("POST", "/v1/operators/grace/suspend", "{}").status, 200);
    const auto stood = before();
    EXPECT_EQ(approve(office(ground.grace), offer).status, 401);
    EXPECT_EQ(authority(), stood.authority);
    EXPECT_EQ(refusals_counted(), stood.refusals + 1);
    EXPECT_EQ(state_of(offer), "open");
}

TEST_F(TwoPeople, nobody_approves_after_its_time) {
    house->close();
    house.reset();
    Config hasty = config();
    hasty.proposals.lifetime = std::chrono::seconds(2);
    house = std::make_unique<House>(hasty, clock);
    house->open();
    const Offer offer = station_2(ground.ada);
    // The loop ends it first, so that the refusal is the one thing that is new.
    for (int i = 0; i < 150 && state_of(offer) == "open"; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    ASSERT_EQ(state_of(offer), "expired");
    const auto stood = before();
    expect_refused(approve(office(ground.grace), offer), 409, stood);
}

TEST_F(TwoPeople, nobody_approves_by_another_digest) {
    const Offer offer = station_2(ground.ada);
    const auto stood = before();
    expect_refused(approve(office(ground.grace), {offer.id, std::string(64, '0')}), 409, stood);
    EXPECT_EQ(state_of(offer), "open");
}

TEST_F(TwoPeople, two_approvals_in_one_moment_apply_once) {
    const Offer offer = station_2(ground.ada);
    const auto stood = before();
    const auto at_once = [&] { return approve(office(ground.grace), offer).status; };
    auto one = std::async(std::launch::async, at_once);
    auto two = std::async(std::launch::async, at_once);
    EXPECT_EQ((std::multiset<int>{one.get(), two.get()}), (std::multiset<int>{200, 409}));
    EXPECT_EQ(ask<long>("SELECT count(*) FROM event WHERE type = 'station.enrolled' AND station = "
                        "'station-2'"),
              1);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM event"), stood.events + 2) << "the act, the refusal";
    EXPECT_EQ(refusals_counted(), stood.refusals + 1);
}

TEST_F(TwoPeople, a_held_lot_and_a_held_element_come_back_by_two) {
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

TEST_F(TwoPeople, a_broken_glass_is_seen_by_everybody_until_two_close_it) {
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

TEST_F(TwoPeople, many_are_revoked_by_the_list_that_two_saw) {
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
