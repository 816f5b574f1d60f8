// A station is known from its last request; whatever another node did to it since then holds at the
// next one all the same, for better and for worse.
#include "tests/e2e/house_fixture.h"

namespace hallmark {
namespace {

using testing::Bench;
using testing::SoftStation;

class RegistryMoved : public testing::HouseTest {
protected:
    /// As another node does it: beside the house.
    void set_station(const char* state) {
        must(registry.set_station_state(StationId("station-1"), state, "operator/ada", now()));
    }
};

TEST_F(RegistryMoved, refuses_a_challenge_to_a_station_that_was_suspended_since) {
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.open(bench).status, 201);
    set_station("suspended");
    const testing::Standing before = standing();
    const long challenges = ask<long>("SELECT count(*) FROM challenge");
    Bench next(tpms[1]);
    EXPECT_EQ(line.open(next).status, 401);
    EXPECT_EQ(standing(), before);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM challenge"), challenges);
    set_station("active");
    EXPECT_EQ(line.open(next).status, 201);
}

TEST_F(RegistryMoved, issues_nothing_to_a_station_that_was_suspended_since) {
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.open(bench).status, 201);
    SoftStation::attest(bench);
    set_station("suspended");
    const testing::Standing before = standing();
    EXPECT_EQ(line.issue(bench).status, 401);
    EXPECT_EQ(standing(), before);
    set_station("active");
    EXPECT_EQ(line.repeat(bench).status, 201) << "nothing of it was spent";
}

TEST_F(RegistryMoved, repeats_no_answer_to_a_station_that_was_suspended_since) {
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.open(bench).status, 201);
    SoftStation::attest(bench);
    ASSERT_EQ(line.issue(bench).status, 201);
    set_station("suspended");
    EXPECT_EQ(line.repeat(bench).status, 401);
}

TEST_F(RegistryMoved, refuses_as_unknown_what_a_suspended_station_sends_that_is_no_request) {
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.open(bench).status, 201);
    SoftStation::attest(bench);
    bench.request["serial"] = "01";
    set_station("suspended");
    const testing::Standing before = standing();
    EXPECT_EQ(line.issue(bench).status, 401);
    EXPECT_EQ(standing(), before);
}

TEST_F(RegistryMoved, opens_by_the_policy_that_another_node_applied_since) {
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.open(bench).status, 201);
    apply(replaced(policy_text(), "station_limit = 10000", "station_limit = 9999"));
    Bench next(tpms[1]);
    ASSERT_EQ(line.open(next).status, 201);
    SoftStation::attest(next);
    EXPECT_EQ(line.issue(next).status, 201) << "a challenge of the old policy would be refused";
}

TEST_F(RegistryMoved, never_says_no_on_what_it_only_knew) {
    auto line = station();
    Bench bench(tpms[0]);
    bench.product = "tpm-sensor";
    EXPECT_EQ(line.open(bench).status, 403) << "from here on it is known that there is no policy";
    must(registry.set_station_state(StationId("station-1"), "suspended", "operator/ada", now()));
    EXPECT_EQ(line.open(bench).status, 401);
}

}  // namespace
}  // namespace hallmark
