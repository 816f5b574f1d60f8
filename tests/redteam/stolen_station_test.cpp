// Owns: a station's certificate with its key, and whatever honest elements lie at hand.
#include "tests/redteam/red_team.h"

#include <future>

namespace hallmark {
namespace {

using testing::Bench;
using testing::SoftStation;

class StolenStation : public testing::RedTeam {
protected:
    /// Its registration, as one line of SQL of the owner's: what the office would have written.
    void set_station(const std::string& columns) {
        around_the_law("UPDATE hallmark.station SET " + columns + " WHERE id = 'station-1'");
    }
};

TEST_F(StolenStation, says_nothing_from_another_network) {
    set_station("source = '10.20.0.0/16'");
    expect_turned_away([&] { return station().get("/v1/station"); });
    Bench bench(tpms[0]);
    expect_turned_away([&] { return station().open(bench); });
}

TEST_F(StolenStation, gets_nothing_for_a_lot_of_another_site) {
    const auto elsewhere = released(
        {.lot = "lot-2", .prefix = "x-", .count = 1, .product = "tpm-gateway", .site = "hall-2"});
    expect_issuance_refused(ground.station_1, elsewhere[0], Reason::element_not_accepted,
                            "custody: lot allotted to another site");
}

TEST_F(StolenStation, says_nothing_after_its_registration_ended) {
    set_station("expires = now() - interval '1 second'");
    Bench bench(tpms[0]);
    expect_turned_away([&] { return station().open(bench); });
}

TEST_F(StolenStation, gets_nothing_outside_the_shifts_of_its_site) {
    // Open on every weekday but those of today and yesterday, wherever the hall stands.
    const int today = ask<int>("SELECT extract(isodow FROM now() AT TIME ZONE 'UTC')::int");
    std::vector<int> others;
    for (int weekday = 1; weekday <= 7; ++weekday) {
        if (weekday != today && weekday % 7 + 1 != today) others.push_back(weekday);
    }
    set_calendar({.site = SiteId("hall-1"),
                  .time_zone = "Etc/UTC",
                  .shifts = {{"late", others, "22:00", "06:00"}}});
    expect_issuance_refused(ground.station_1, tpms[0], Reason::forbidden,
                            "reserve: outside the shifts of the station's site");
    set_calendar({.site = SiteId("hall-1"), .time_zone = "Etc/UTC", .shifts = {}});
    EXPECT_EQ(issued(ground.station_1, tpms[0]), 201) << "an open site issues";
}

TEST_F(StolenStation, gets_nothing_for_another_product) {
    auto line = station();
    Bench bench(tpms[0]);
    bench.product = "tpm-sensor";
    expect_refused(Reason::forbidden, "scope:", [&] { return line.open(bench); });
    bench.product = "tpm-gateway";
    ASSERT_EQ(line.open(bench).status, 201);
    SoftStation::attest(bench);
    bench.request["product"] = "tpm-sensor";
    expect_refused(Reason::forbidden, "scope:", [&] { return line.issue(bench); });
}

TEST_F(StolenStation, gets_its_last_unit_once_through_64_connections) {
    const auto delivery = released({.lot = "lot-2", .prefix = "m-", .count = 64});
    set_budget({"station", "station-1", "hour", 1, std::nullopt});
    std::vector<std::future<int>> answers;
    for (const SoftTpm& tpm : delivery) {
        answers.push_back(std::async(std::launch::async, [this, &tpm] {
            for (;;) {
                // A house that is full says so, or takes longer than a station waits.
                try {
                    const int status = issued(ground.station_1, tpm);
                    if (status != 503) return status;
                } catch (const Fault&) {
                }
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
            }
        }));
    }
    std::map<int, int> statuses;
    for (auto& answer : answers)
        ++statuses[answer.get()];
    EXPECT_EQ(statuses[201], 1);
    // Past so much misuse it is locked: out of its scope where it was on the way, then nobody.
    EXPECT_EQ(statuses[429] + statuses[403] + statuses[401], 63);
    EXPECT_GE(statuses[429] + statuses[403], static_cast<int>(limits.misuse_per_hour));
    EXPECT_EQ(ask<long>("SELECT count(*) FROM credential"), 1);
    EXPECT_EQ(ask<long>("SELECT used FROM usage WHERE kind = 'station' AND per = 'hour'"), 1);
    EXPECT_EQ(ask<std::string>("SELECT state FROM station WHERE id = 'station-1'"), "suspended");
    EXPECT_EQ(events("station.locked"), 1);
}

TEST_F(StolenStation, takes_no_more_of_a_lot_than_its_share) {
    enrol("station-2", ground.station_2);
    set_budget({"lot", "lot-1", "all", 4, 1});
    ASSERT_EQ(issued(ground.station_1, tpms[0]), 201);
    expect_issuance_refused(ground.station_1, tpms[1], Reason::limited,
                            "limit: lot has used all of this station's share");
    EXPECT_EQ(issued(ground.station_2, tpms[1]), 201) << "the lot goes on at another station";
}

TEST_F(StolenStation, is_locked_by_its_misuse_until_a_person_looks) {
    limits.misuse_per_hour = 3;
    open_house();
    enrol("station-2", ground.station_2);
    auto line = station();
    Bench wrong(tpms[0]);
    wrong.product = "tpm-sensor";
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(ask<std::string>("SELECT state FROM station WHERE id = 'station-1'"), "active");
        EXPECT_EQ(line.open(wrong).status, 403);
    }
    EXPECT_EQ(events("station.locked"), 1);
    Bench honest(tpms[0]);
    expect_turned_away([&] { return line.open(honest); });
    EXPECT_EQ(issued(ground.station_2, tpms[0]), 201) << "its neighbour works on";
    must(registry.set_station_state(StationId("station-1"), "active", "operator/ada", now()));
    EXPECT_EQ(issued(ground.station_1, tpms[1]), 201);
}

TEST_F(StolenStation, spends_no_budget_by_misuse) {
    auto line = station();
    Bench wrong(tpms[0]);
    wrong.product = "tpm-sensor";
    expect_refused(Reason::forbidden, "scope:", [&] { return line.open(wrong); });
    EXPECT_EQ(ask<long>("SELECT count FROM misuse WHERE station = 'station-1'"), 1);
}

}  // namespace
}  // namespace hallmark
