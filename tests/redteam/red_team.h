// Somebody owns a thing of ours and tries what it is good for. Each attempt must end refused,
// recorded once, counted, and with nothing else changed in the world.
#pragma once

#include "tests/e2e/house_fixture.h"

namespace hallmark::testing {

class RedTeam : public HouseTest {
protected:
    /// As the ops door counts them, of all formats.
    [[nodiscard]] long counted(Reason reason) const {
        const std::string metrics = fetch("ops", "/metrics");
        const std::string name = "reason=\"" + std::string(name_of(reason)) + "\"} ";
        long sum = 0;
        for (auto at = metrics.find(name); at != std::string::npos; at = metrics.find(name, at + 1))
            sum += std::stol(metrics.substr(at + name.size()));
        return sum;
    }
    /// What `attack` answers; asserts all that the head of this file says.
    template <typename Attack>
    ClientAnswer expect_refused(Reason reason, const std::string& detail, Attack attack) {
        SCOPED_TRACE(detail);
        const Standing before = standing();
        const long counted_before = counted(reason);
        const ClientAnswer answer = attack();
        expect_only_a_refusal(before, reason, detail);
        EXPECT_EQ(counted(reason), counted_before + 1);
        EXPECT_EQ(answer.body.find(detail), std::string::npos) << "the cause is not for outside";
        return answer;
    }
    /// The issuance alone, for a device that is honest in everything up to there.
    ClientAnswer expect_issuance_refused(const Badge& by, const SoftTpm& tpm, Reason reason,
                                         const std::string& detail) {
        auto line = station(by);
        Bench bench(tpm);
        EXPECT_EQ(line.open(bench).status, 201);
        SoftStation::attest(bench);
        return expect_refused(reason, detail, [&] { return line.issue(bench); });
    }
    /// Whoever is nobody here leaves a count and no record.
    template <typename Attack>
    void expect_turned_away(Attack attack) {
        const Standing before = standing();
        const long counted_before = counted(Reason::unauthenticated);
        EXPECT_EQ(attack().status, 401);
        EXPECT_EQ(standing(), before);
        EXPECT_EQ(counted(Reason::unauthenticated), counted_before + 1);
    }
    [[nodiscard]] int issued(const Badge& by, const SoftTpm& tpm) const {
        auto line = station(by);
        Bench bench(tpm);
        return line.provision(bench).status;
    }
    /// What no act of the office can write: the state of a row as it would be at another time.
    void around_the_law(const std::string& sql) {
        Database superuser({.conninfo = conninfo_as(conninfo, "postgres"), .connections = 1});
        superuser.transact([&](Tx& tx) {
            tx.raw().exec("SET LOCAL session_replication_role = replica");
            tx.raw().exec(sql);
            tx.raw().exec("UPDATE hallmark.registry_version SET number = number + 1");
        });
    }
    void set_budget(const BudgetRow& budget) {
        owner.transact([&](Tx& tx) { must(hallmark::set_budget(tx, budget, "setup", now())); });
    }
    void set_calendar(const CalendarRow& calendar) {
        owner.transact([&](Tx& tx) { must(hallmark::set_calendar(tx, calendar, "setup", now())); });
    }
    [[nodiscard]] long events(const std::string& type) {
        return ask<long>("SELECT count(*) FROM event WHERE type = '" + type + "'");
    }
};

}  // namespace hallmark::testing
