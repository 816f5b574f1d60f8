// One operator, or the key of one, against the rule of two: every way round it that we know, taken
// at the office door. Each ends refused, with one record, counted once, and nothing else changed.
#include "tests/redteam/two_people_fixture.h"

#include <future>

namespace hallmark {
namespace {

using testing::approve;
using testing::Badge;
using testing::Offer;
using testing::offer_in;

using TwoPeople = testing::TwoPeopleHouse;

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

}  // namespace
}  // namespace hallmark
