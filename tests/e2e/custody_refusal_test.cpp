// Elements that are not where they should be, at a running door: one text outside, the exact cause
// in the record.
#include "db/gate.h"
#include "tests/e2e/house_fixture.h"

#include <future>

namespace hallmark {
namespace {

using testing::Bench;
using testing::SoftStation;
using testing::Standing;

class CustodyAtTheDoor : public testing::HouseTest {
protected:
    /// Honest in everything but where the element stands. Answers what the door told.
    std::string refused_for(const SoftTpm& tpm, const std::string& cause,
                            const testing::Badge& by) {
        SCOPED_TRACE(cause);
        auto line = station(by);
        Bench bench(tpm);
        EXPECT_EQ(line.open(bench).status, 201);
        SoftStation::attest(bench);
        const Standing before = standing();
        const ClientAnswer answer = line.issue(bench);
        expect_only_a_refusal(before, Reason::element_not_accepted, "custody: " + cause);
        return without_instance(answer);
    }
    std::string refused_for(const SoftTpm& tpm, const std::string& cause) {
        return refused_for(tpm, cause, ground.station_1);
    }
    bool somebody_waits_at_the_gate() {
        return server.transact([](Tx& tx) {
            return tx.raw()
                .exec1(
                    "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT "
                    "granted)")[0]
                .as<bool>();
        });
    }
    void move_element(const std::string& unique_id, const std::string& state) {
        must(custody.set_element_state(ElementId("swtpm/" + unique_id), state, "setup", now()));
    }
};

TEST_F(CustodyAtTheDoor, tells_every_refusal_alike_and_records_each_cause) {
    std::set<std::string> told;
    told.insert(refused_for(undelivered(1)[0], "unknown element"));
    told.insert(refused_for(delivered({.lot = "lot-2", .prefix = "r-"})[0], "element received"));
    told.insert(refused_for(allotted({.lot = "lot-3", .prefix = "a-"})[0], "lot allotted"));
    const auto held = released({.lot = "lot-4", .prefix = "h-"});
    move_lot("lot-4", "held");
    told.insert(refused_for(held[0], "lot held"));
    const auto closed = released({.lot = "lot-5", .prefix = "c-"});
    move_lot("lot-5", "closed");
    told.insert(refused_for(closed[0], "lot closed"));
    told.insert(refused_for(
        released({.lot = "lot-6", .prefix = "p-", .count = 1, .product = "tpm-sensor"})[0],
        "lot allotted to another product"));
    told.insert(refused_for(
        released(
            {.lot = "lot-7", .prefix = "s-", .count = 1, .product = "tpm-gateway", .site = "x"})[0],
        "lot allotted to another site"));
    move_element("gw-1", "held");
    told.insert(refused_for(tpms[0], "element held"));
    move_element("gw-2", "scrapped");
    told.insert(refused_for(tpms[1], "element scrapped"));
    move_element("gw-3", "returned");
    told.insert(refused_for(tpms[2], "element returned"));
    enrol("station-2", ground.station_2, "hall-2");
    told.insert(refused_for(tpms[3], "lot allotted to another site", ground.station_2));
    EXPECT_EQ(told.size(), 1u) << *told.begin() << *told.rbegin();
}

TEST_F(CustodyAtTheDoor, lets_an_element_through_that_came_back_from_hold) {
    move_element("gw-1", "held");
    refused_for(tpms[0], "element held");
    move_element("gw-1", "allotted");
    auto line = station();
    Bench bench(tpms[0]);
    EXPECT_EQ(line.provision(bench).status, 201);
}

TEST_F(CustodyAtTheDoor, asks_again_at_the_moment_of_the_intent) {
    // A lot that is held after the look at it and before the intent, which waits at the gate.
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.open(bench).status, 201);
    SoftStation::attest(bench);
    std::future<ClientAnswer> issuing;
    owner.transact([&](Tx& tx) {
        close_gate(tx);
        issuing = std::async(std::launch::async, [&] { return line.issue(bench); });
        EXPECT_TRUE(soon([&] { return somebody_waits_at_the_gate(); }));
        tx.raw().exec("UPDATE lot SET state = 'held' WHERE id = 'lot-1'");
    });
    const ClientAnswer answer = issuing.get();
    EXPECT_EQ(answer.status, 422);
    EXPECT_EQ(ask<std::string>("SELECT detail FROM refusal"),
              "custody: lot not released for this product, site and line");
    EXPECT_EQ(ask<long>("SELECT count(*) FROM credential"), 0);
}

}  // namespace
}  // namespace hallmark
