// What a stolen station is worth: what is left of its budget, charged with the intent and never
// given back.
#include "tests/e2e/house_fixture.h"

namespace hallmark {
namespace {

using testing::Bench;
using testing::SoftStation;
using testing::Standing;

class Budget : public testing::HouseTest {
protected:
    void expect_used_up(SoftStation& line, const SoftTpm& tpm, const std::string& detail) {
        Bench bench(tpm);
        ASSERT_EQ(line.open(bench).status, 201);
        SoftStation::attest(bench);
        const Standing before = standing();
        const ClientAnswer answer = line.issue(bench);
        EXPECT_EQ(answer.status, 429);
        EXPECT_FALSE(answer.header("retry-after").empty());
        expect_only_a_refusal(before, Reason::limited, detail);
    }
    [[nodiscard]] int issued(SoftStation& line, const SoftTpm& tpm) const {
        Bench bench(tpm);
        return line.provision(bench).status;
    }
};

TEST_F(Budget, of_a_station_ends_for_it_alone) {
    apply(replaced(policy_text(), "station_limit = 10000", "station_limit = 1"));
    enrol("station-2", ground.station_2);
    auto line = station();
    ASSERT_EQ(issued(line, tpms[0]), 201);
    expect_used_up(line, tpms[1], "limit: station has used all of it");
    auto other = station(ground.station_2);
    EXPECT_EQ(issued(other, tpms[1]), 201);
}

TEST_F(Budget, of_a_lot_ends_for_every_station) {
    apply(replaced(policy_text(), "lot_limit = 10000", "lot_limit = 1"));
    enrol("station-2", ground.station_2);
    auto line = station();
    ASSERT_EQ(issued(line, tpms[0]), 201);
    expect_used_up(line, tpms[1], "limit: lot has used all of it");
    auto other = station(ground.station_2);
    expect_used_up(other, tpms[1], "limit: lot has used all of it");
    const auto next = released({.lot = "lot-2", .prefix = "n-"});
    EXPECT_EQ(issued(other, next[0]), 201);
}

TEST_F(Budget, gets_nothing_back_from_a_void) {
    apply(replaced(policy_text(), "station_limit = 10000", "station_limit = 1"));
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.provision(bench).status, 201);
    ASSERT_EQ(line.give_up(bench).status, 200);
    expect_used_up(line, tpms[0], "limit: station has used all of it");
}

TEST_F(Budget, is_never_overdrawn_by_many_at_once) {
    apply(replaced(policy_text(), "station_limit = 10000", "station_limit = 2"));
    std::vector<int> statuses(tpms.size());
    std::vector<std::thread> crew;
    for (std::size_t i = 0; i < tpms.size(); ++i) {
        crew.emplace_back([this, i, &statuses] {
            auto line = station();
            statuses[i] = issued(line, tpms[i]);
        });
    }
    for (std::thread& thread : crew)
        thread.join();
    EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 201), 2);
    EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 429), 2);
    EXPECT_EQ(ask<long>("SELECT used FROM usage WHERE kind = 'station'"), 2);
}

}  // namespace
}  // namespace hallmark
