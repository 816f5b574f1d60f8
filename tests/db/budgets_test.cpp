// Counts, calendars and what is used of them, as they are set and told; what charges them is raced
// for in budget_race_test.cpp.
#include "ca/custody/budgets.h"

#include "db/group_commit.h"
#include "tests/db/plant_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hallmark {
namespace {

class BudgetsSet : public ::testing::Test {
protected:
    const Instant noon = *from_rfc3339("2026-11-23T12:00:00Z");
    std::string conninfo = testing::Postgres::cluster().fresh_database();
    Database owner{{.conninfo = conninfo, .connections = 2}};
    Database server{
        {.conninfo = testing::conninfo_as(conninfo, "hallmark_server_login"), .connections = 2}};
    BudgetService budgets{server};

    template <typename T>
    T ask(const std::string& sql) {
        return owner.transact([&](Tx& tx) { return tx.raw().exec1(sql)[0].template as<T>(); });
    }
    void set(const BudgetRow& budget) {
        server.transact([&](Tx& tx) {
            const auto done = set_budget(tx, budget, "operator/ada", noon);
            ASSERT_TRUE(done) << done.error().detail;
        });
    }
    void open_site(const std::vector<ShiftRow>& shifts, const std::string& zone) {
        server.transact([&](Tx& tx) {
            const auto done = set_calendar(
                tx, {.site = SiteId("hall-1"), .time_zone = zone, .shifts = shifts}, "setup", noon);
            ASSERT_TRUE(done) << done.error().detail;
        });
    }
    /// When the present window of the site began, at that moment; empty while it is closed.
    std::string began(const std::string& window, const std::string& at) {
        return ask<std::string>("SELECT COALESCE(to_char(" + window +
                                " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI'), '') FROM "
                                "site_clock('hall-1', '" +
                                at + "')");
    }
    std::string constraint_of(Database& as, const std::string& sql) {
        try {
            as.transact([&](Tx& tx) { tx.raw().exec(sql); });
            return "";
        } catch (const ConstraintViolation& violation) {
            return violation.constraint();
        }
    }
};

TEST_F(BudgetsSet, bind_by_one_and_rise_by_two) {
    EXPECT_TRUE(budgets.lower({"site", "hall-1", "day", 100, 40}, "operator/ada", noon));
    EXPECT_TRUE(budgets.lower({"site", "hall-1", "day", 90, 40}, "operator/ada", noon));
    for (const auto& [count, share] : {std::pair{91, 40}, std::pair{90, 41}}) {
        const auto raised =
            budgets.lower({"site", "hall-1", "day", static_cast<std::uint64_t>(count),
                           static_cast<std::uint64_t>(share)},
                          "operator/ada", noon);
        ASSERT_FALSE(raised);
        EXPECT_EQ(raised.error().reason, Reason::conflict);
    }
    const auto stand = budgets.budgets();
    ASSERT_EQ(stand.size(), 1u);
    EXPECT_EQ(stand[0].count, 90u);
    EXPECT_EQ(ask<int>("SELECT count(*) FROM event WHERE type = 'budget.set'"), 2);
}

TEST_F(BudgetsSet, want_a_known_layer_and_window_and_a_share_that_is_a_part) {
    const BudgetRow sound{"line", "hall-1/l-1", "shift", 10, 5};
    EXPECT_TRUE(check_budget(sound));
    const std::pair<BudgetRow, const char*> wrongs[] = {
        {{"country", "de", "day", 1, 1}, "layer: unknown name"},
        {{"site", "hall-1", "week", 1, 1}, "per: unknown name"},
        {{"product", "p", "shift", 1, 1}, "per: shifts are a site's"},
        {{"intermediate", "i", "shift", 1, 1}, "per: shifts are a site's"},
        {{"line", "hall-1", "day", 1, 1}, "line: its id is SITE/LINE"},
        {{"line", "hall-1/a/b", "day", 1, 1}, "line must be"},
        {{"site", "Hall 1", "day", 1, 1}, "site must be"},
        {{"site", "hall-1", "day", 1, std::nullopt}, "station_share: missing"},
        {{"station", "st-1", "hour", 1, 1}, "station_share: a station has no share"},
        {{"site", "hall-1", "day", 1, 2}, "station_share: more than the whole"},
        {{"site", "hall-1", "day", 1'000'000'000'001, 1}, "count: more than 10^12"}};
    for (const auto& [wrong, detail] : wrongs) {
        const auto checked = check_budget(wrong);
        ASSERT_FALSE(checked) << detail;
        EXPECT_THAT(checked.error().detail, ::testing::StartsWith(detail));
        EXPECT_EQ(checked.error().reason, Reason::malformed_request);
    }
}

TEST_F(BudgetsSet, warn_once_at_each_mark) {
    testing::PlantRows plant(owner, conninfo, 1, 20);
    set({"lot", "lot-1", "all", 20, 20});
    GroupCommit commits({.conninfo = testing::conninfo_as(conninfo, "hallmark_server_login")},
                        nullptr);
    const auto issue = [&](int count) {
        for (int i = 0; i < count; ++i) {
            const IntentEntry entry = plant.attempt(0);
            plant.open({entry});
            GroupCommit::Way way(commits);
            const auto reserved = way.reserve(entry);
            ASSERT_TRUE(reserved) << reserved.error().detail;
        }
    };
    issue(15);
    EXPECT_TRUE(budgets.warn(noon).empty());
    issue(1);
    EXPECT_EQ(budgets.warn(noon).size(), 2u) << "the lot's and its only station's";
    EXPECT_TRUE(budgets.warn(noon).empty());
    issue(3);
    const auto marked = budgets.warn(noon);
    ASSERT_EQ(marked.size(), 2u);
    EXPECT_EQ(marked[0].warned, 95);
    EXPECT_EQ(left_of(marked[0]), 1u);
    EXPECT_EQ(ask<int>("SELECT count(*) FROM event WHERE type = 'budget.warning'"), 4);
    EXPECT_EQ(budgets.uses(Budgets::Shares::left_out).size(), 1u);
    EXPECT_EQ(budgets.uses(Budgets::Shares::too).size(), 2u);
}

TEST_F(BudgetsSet, hold_by_law_against_the_servers_own_login) {
    set({"site", "hall-1", "day", 10, 5});
    set({"site", "hall-1", "day", 9, 5});
    EXPECT_EQ(constraint_of(server, "UPDATE budget SET active = true WHERE NOT active"),
              "budget_ends_once");
    owner.transact([](Tx& tx) {
        tx.raw().exec("INSERT INTO usage (kind, id, product, used) VALUES ('site', 'x', '', 5)");
        tx.raw().exec(
            "INSERT INTO misuse (station, begins, count) VALUES ('s', to_timestamp(0), 3)");
    });
    for (const char* turned_back :
         {"UPDATE usage SET used = 4", "UPDATE usage SET used = 5, cap = 9"})
        EXPECT_EQ(constraint_of(server, turned_back), "usage_grows") << turned_back;
    EXPECT_EQ(constraint_of(owner, "UPDATE usage SET used = 6, begins = now()"), "usage_grows");
    EXPECT_EQ(constraint_of(server, "UPDATE misuse SET count = 3"), "usage_grows");
}

TEST_F(BudgetsSet, go_by_utc_and_are_always_open_where_a_site_has_no_calendar) {
    EXPECT_EQ(began("hour", "2026-11-23T10:45:00Z"), "2026-11-23T10:00");
    EXPECT_EQ(began("day", "2026-11-23T10:45:00Z"), "2026-11-23T00:00");
    EXPECT_EQ(began("shift", "2026-11-23T10:45:00Z"), "2026-11-23T00:00");
}

TEST_F(BudgetsSet, go_by_the_shifts_of_the_site_in_its_own_time) {
    // 23 November 2026 is a Monday; Berlin is an hour ahead of UTC then.
    open_site({{"early", {1, 2, 3, 4, 5}, "06:00", "14:00"}, {"night", {5}, "22:00", "06:00"}},
              "Europe/Berlin");
    EXPECT_EQ(began("day", "2026-11-23T23:30:00Z"), "2026-11-23T23:00");
    EXPECT_EQ(began("shift", "2026-11-23T04:59:59Z"), "") << "before it opens";
    EXPECT_EQ(began("shift", "2026-11-23T05:00:00Z"), "2026-11-23T05:00");
    EXPECT_EQ(began("shift", "2026-11-23T12:59:59Z"), "2026-11-23T05:00");
    EXPECT_EQ(began("shift", "2026-11-23T13:00:00Z"), "") << "its end is not in it";
    EXPECT_EQ(began("shift", "2026-11-27T22:00:00Z"), "2026-11-27T21:00") << "Friday night";
    EXPECT_EQ(began("shift", "2026-11-28T04:30:00Z"), "2026-11-27T21:00") << "is Friday's still";
    EXPECT_EQ(began("shift", "2026-11-28T05:30:00Z"), "") << "Saturday";
}

TEST_F(BudgetsSet, give_no_hour_twice_where_clocks_are_set_back) {
    // On 25 October 2026 at 01:00 UTC Berlin's clocks go from 03:00 back to 02:00.
    open_site({}, "Europe/Berlin");
    EXPECT_EQ(began("hour", "2026-10-25T00:30:00Z"), began("hour", "2026-10-25T01:30:00Z"));
    EXPECT_NE(began("hour", "2026-10-25T01:30:00Z"), began("hour", "2026-10-25T02:30:00Z"));
}

TEST_F(BudgetsSet, want_calendars_that_can_be_kept) {
    const CalendarRow sound{SiteId("hall-1"), "Europe/Berlin", {{"early", {1}, "06:00", "14:00"}}};
    EXPECT_TRUE(check_calendar(sound));
    const auto objection = [&](auto bend) {
        CalendarRow wrong = sound;
        bend(wrong);
        const auto checked = check_calendar(wrong);
        return checked ? std::string() : checked.error().detail;
    };
    EXPECT_THAT(objection([](CalendarRow& c) { c.time_zone = ""; }),
                ::testing::StartsWith("time_zone"));
    EXPECT_THAT(objection([](CalendarRow& c) {
                    c.shifts[0].weekdays = {1, 1};
                }),
                ::testing::HasSubstr("each once"));
    EXPECT_THAT(objection([](CalendarRow& c) { c.shifts[0].weekdays = {8}; }),
                ::testing::HasSubstr("1 to 7"));
    EXPECT_THAT(objection([](CalendarRow& c) { c.shifts[0].ends = "24:00"; }),
                ::testing::HasSubstr("HH:MM"));
    EXPECT_THAT(objection([](CalendarRow& c) { c.shifts.push_back(c.shifts[0]); }),
                ::testing::HasSubstr("named twice"));
    EXPECT_THAT(objection([](CalendarRow& c) { c.shifts.resize(17); }),
                ::testing::HasSubstr("more than 16"));
    server.transact([&](Tx& tx) {
        CalendarRow nowhere = sound;
        nowhere.time_zone = "Europe/Atlantis";
        const auto set = set_calendar(tx, nowhere, "setup", noon);
        ASSERT_FALSE(set);
        EXPECT_EQ(set.error().detail, "time_zone: not a name of the time zone database");
    });
}

}  // namespace
}  // namespace hallmark
