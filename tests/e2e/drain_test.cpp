// A house that stops: what is in flight is answered, what comes after is not taken, and nothing is
// left for others to settle.
#include "tests/e2e/house_fixture.h"

namespace hallmark {
namespace {

using testing::Bench;
using testing::conninfo_as;
using testing::SoftStation;

class Drain : public testing::HouseTest {};

TEST_F(Drain, answers_what_is_in_flight_and_takes_nothing_new) {
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.open(bench).status, 201);
    SoftStation::attest(bench);
    const ClientOptions later = caller("factory", ground.station_1);

    // The issuance waits in the database for as long as this lock is held.
    pqxx::connection holder(conninfo);
    auto lock = std::make_unique<pqxx::work>(holder);
    lock->exec("LOCK TABLE hallmark.intent IN ACCESS EXCLUSIVE MODE");
    ClientAnswer answer;
    std::thread in_flight([&] { answer = line.issue(bench); });
    Database observer({.conninfo = conninfo_as(conninfo, "postgres"), .connections = 1});
    EXPECT_TRUE(soon([&] {
        return observer.transact([](Tx& tx) {
            return tx.raw()
                       .exec1(
                           "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = "
                           "'Lock' AND datname = current_database()")[0]
                       .as<long>() > 0;
        });
    }));
    bool in_time = false;
    std::thread closing([&] { in_time = house->close(); });
    EXPECT_TRUE(soon(
        [&] { return testing::text_of(log_file()).find("server.draining") != std::string::npos; }));
    lock->abort();
    lock.reset();
    in_flight.join();
    closing.join();

    EXPECT_EQ(answer.status, 201) << answer.body;
    EXPECT_TRUE(in_time);
    EXPECT_THROW((void)SoftStation(later).get("/v1/station"), ClientFault);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM credential WHERE state = 'reserved'"), 0);

    // The next start serves the same certificate.
    open_house();
    EXPECT_EQ(station().repeat(bench).status, 200);
}

TEST_F(Drain, leaves_no_intent_for_others_to_settle) {
    auto line = station();
    Bench bench(tpms[0]);
    ASSERT_EQ(line.open(bench).status, 201);
    SoftStation::attest(bench);
    execute_as("hallmark_owner_login", "REVOKE INSERT ON credential_body FROM hallmark_server");
    EXPECT_EQ(line.issue(bench).status, 500);
    ASSERT_TRUE(house->close());
    EXPECT_EQ(ask<std::string>("SELECT state FROM credential"), "burnt");
}

}  // namespace
}  // namespace hallmark
