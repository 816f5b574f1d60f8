// Who issues and who takes the right to issue away, at once.
#include "ca/issuance/epoch.h"
#include "db/credentials.h"
#include "db/epochs.h"
#include "db/gate.h"
#include "db/principals.h"
#include "tests/support/postgres.h"

#include <future>

#include <gtest/gtest.h>
#include <pqxx/pqxx>

namespace hallmark {
namespace {

using testing::fresh_server_database;

/// Until somebody waits for a lock of this kind, or five seconds are over.
bool somebody_waits(Database& database) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    const auto waits = [&] {
        return database.transact([](Tx& tx) {
            return tx.raw()
                .exec1(
                    "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT "
                    "granted)")[0]
                .as<bool>();
        });
    };
    while (!waits()) {
        if (std::chrono::steady_clock::now() > end) return false;
    }
    return true;
}

TEST(Gate, lets_many_pass_at_once) {
    Database database({.conninfo = fresh_server_database(), .connections = 2});
    database.transact([&](Tx& first) {
        pass_gate(first);
        EXPECT_NO_THROW(database.transact([](Tx& second) { pass_gate(second); }));
    });
}

TEST(Gate, is_not_passed_by_those_who_come_after_one_who_wants_to_close_it) {
    Database database({.conninfo = fresh_server_database(), .connections = 4});
    std::future<bool> suspended;
    database.transact([&](Tx& issuing) {
        pass_gate(issuing);
        suspended = std::async(std::launch::async, [&] {
            return database.transact([](Tx& tx) {
                return Principals(tx).set_state(StationId("station-1"), "suspended");
            });
        });
        ASSERT_TRUE(somebody_waits(database));
        // The one that comes next waits as well: a stream of them cannot keep the suspension out.
        EXPECT_THROW(database.transact([](Tx& late) {
            late.raw().exec0("SET LOCAL lock_timeout = '20ms'");
            pass_gate(late);
        }),
                     DatabaseFault);
    });
    EXPECT_FALSE(
        suspended.get());  // There is no such station; the gate was passed and is open again.
    EXPECT_NO_THROW(database.transact([](Tx& tx) { pass_gate(tx); }));
}

TEST(Epoch, is_followed_by_a_new_one_when_it_died) {
    Database database({.conninfo = fresh_server_database()});
    Epoch epoch(database, "node-1");
    const std::int64_t first = epoch.id();
    EXPECT_TRUE(epoch.beat());
    database.transact([&](Tx& tx) { Epochs(tx).end(first); });

    EXPECT_FALSE(epoch.beat());
    EXPECT_NE(epoch.id(), first);
    EXPECT_TRUE(epoch.is_alive());
    EXPECT_TRUE(epoch.beat());
    EXPECT_FALSE(database.transact([&](Tx& tx) { return Epochs(tx).beat(first); }))
        << "dead is dead for good";
}

TEST(Epoch, does_not_begin_again_after_its_end) {
    Database database({.conninfo = fresh_server_database()});
    Epoch epoch(database, "node-1");
    const std::int64_t first = epoch.id();
    epoch.end();
    EXPECT_FALSE(epoch.beat());
    EXPECT_FALSE(epoch.is_alive());
    EXPECT_EQ(epoch.id(), first);
}

}  // namespace
}  // namespace hallmark
