// Sixty-four stations at two nodes race for what is left of a layer's count: what is left is
// issued, to the last unit and never one more.
#include "db/budgets.h"
#include "db/group_commit.h"
#include "tests/db/plant_rows.h"

#include <algorithm>
#include <future>
#include <map>

#include <gtest/gtest.h>

namespace hallmark {
namespace {

constexpr std::size_t stations = 64;
constexpr std::uint64_t left = 10;
constexpr int runs = 50;

struct Layer {
    std::string layer, id, per;
};

class BudgetRace : public ::testing::TestWithParam<Layer> {
protected:
    template <typename T>
    T ask(const std::string& sql) {
        return owner.transact([&](Tx& tx) { return tx.raw().exec1(sql)[0].template as<T>(); });
    }
    std::uint64_t used() {
        return ask<std::uint64_t>("SELECT COALESCE(sum(used), 0) FROM usage WHERE kind = '" +
                                  GetParam().layer + "' AND per = '" + GetParam().per +
                                  "' AND product = '' AND station = ''");
    }
    std::uint64_t credentials() { return ask<std::uint64_t>("SELECT count(*) FROM credential"); }
    void leave(std::uint64_t units) {
        const std::uint64_t count = used() + units;
        BudgetRow budget{GetParam().layer, GetParam().id, GetParam().per, count, std::nullopt};
        if (budget.layer != "station") budget.station_share = count;
        owner.transact([&](Tx& tx) {
            Budgets(tx).set(budget, "setup", *from_rfc3339("2026-01-01T00:00:00Z"));
        });
    }
    [[nodiscard]] static std::size_t station_of(std::size_t attempt) {
        // A station's own count is raced for by its own connections.
        return GetParam().layer == "station" ? 0 : attempt;
    }
    /// How many of each answer.
    std::map<std::string, std::uint64_t> race() {
        std::vector<IntentEntry> attempts;
        for (std::size_t i = 0; i < stations; ++i)
            attempts.push_back(plant.attempt(station_of(i)));
        plant.open(attempts);
        std::vector<std::future<std::string>> answers;
        for (std::size_t i = 0; i < stations; ++i) {
            answers.push_back(std::async(std::launch::async, [&, i] {
                GroupCommit::Way way(i % 2 == 0 ? north : south);
                const auto reserved = way.reserve(attempts[i]);
                return reserved ? std::string("issued") : reserved.error().detail;
            }));
        }
        std::map<std::string, std::uint64_t> counts;
        for (auto& answer : answers)
            ++counts[answer.get()];
        return counts;
    }

    std::string conninfo = testing::Postgres::cluster().fresh_database();
    Database owner{{.conninfo = conninfo, .connections = 2}};
    testing::PlantRows plant{owner, conninfo, stations, stations*(runs + 3)};
    GroupCommit::Options node{.conninfo = testing::conninfo_as(conninfo, "hallmark_server_login")};
    GroupCommit north{node, nullptr};
    GroupCommit south{node, nullptr};
};

TEST_P(BudgetRace, issues_what_is_left_and_never_one_more) {
    const std::string detail = "limit: " + GetParam().layer + " has used all of it" +
                               (GetParam().per == "all" ? "" : " this " + GetParam().per);
    for (int run = 0; run < runs; ++run) {
        const auto hour = ask<std::string>("SELECT date_trunc('hour', clock_timestamp())::text");
        leave(left);
        const std::uint64_t used_before = used();
        const std::uint64_t issued_before = credentials();
        const auto counts = race();
        // Within the run a new window began, and with it a new count: that run says nothing.
        if (hour != ask<std::string>("SELECT date_trunc('hour', clock_timestamp())::text"))
            continue;
        ASSERT_EQ(counts, (std::map<std::string, std::uint64_t>{{"issued", left},
                                                                {detail, stations - left}}))
            << "run " << run;
        ASSERT_EQ(used(), used_before + left);
        ASSERT_EQ(credentials(), issued_before + left);
    }
}

std::string name_of_layer(const ::testing::TestParamInfo<Layer>& layer) {
    return layer.param.layer + "_" + layer.param.per;
}

INSTANTIATE_TEST_SUITE_P(
    Layers, BudgetRace,
    ::testing::Values(Layer{"product", "meter", "day"}, Layer{"lot", "lot-1", "all"},
                      Layer{"line", "hall-1/l-1", "shift"}, Layer{"site", "hall-1", "day"},
                      Layer{"station", "st-0", "hour"}, Layer{"intermediate", "line-1", "all"}),
    name_of_layer);

}  // namespace
}  // namespace hallmark
