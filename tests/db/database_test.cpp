// The pool and its transactions, against a real server.
#include "db/database.h"

#include "tests/support/postgres.h"

#include <gtest/gtest.h>
#include <pqxx/pqxx>

namespace hallmark {
namespace {

using testing::fresh_server_database;
using testing::Postgres;

constexpr const char* insert_event = R"sql(
    INSERT INTO event (type, subject, actor, at, body, body_sha256)
    VALUES ('test.made', 'test/1', 'system/test', now(), '{}', sha256('{}'))
)sql";

int events_in(Database& database) {
    return database.transact(
        [](Tx& tx) { return tx.raw().exec1("SELECT count(*) FROM event")[0].as<int>(); });
}

TEST(DatabaseTransaction, commits_what_returns) {
    Database database({.conninfo = fresh_server_database()});
    database.transact([](Tx& tx) { tx.raw().exec(insert_event); });
    EXPECT_EQ(events_in(database), 1);
}

TEST(DatabaseTransaction, leaves_nothing_of_a_refusal) {
    Database database({.conninfo = fresh_server_database()});
    const auto answer = database.transact([](Tx& tx) -> Result<Done> {
        tx.raw().exec(insert_event);
        return Refusal{Reason::conflict, "not now"};
    });
    ASSERT_TRUE(answer.has_error());
    EXPECT_EQ(answer.error().reason, Reason::conflict);
    EXPECT_EQ(events_in(database), 0);
}

TEST(DatabaseTransaction, leaves_nothing_of_an_exception) {
    Database database({.conninfo = fresh_server_database(), .connections = 1});
    const auto broken = [](Tx& tx) {
        tx.raw().exec(insert_event);
        throw std::logic_error("ours");
    };
    EXPECT_THROW(database.transact(broken), std::logic_error);
    EXPECT_EQ(events_in(database), 0);
}

TEST(DatabaseTransaction, names_the_constraint_that_said_no) {
    Database database({.conninfo = fresh_server_database()});
    const auto constraint_of = [&](const char* sql) -> std::string {
        try {
            database.transact([&](Tx& tx) { tx.raw().exec(sql); });
        } catch (const ConstraintViolation& violation) {
            return violation.constraint();
        }
        return "none";
    };
    EXPECT_EQ(constraint_of("INSERT INTO event (type, subject, actor, at, body, body_sha256) "
                            "VALUES ('test.made', 'x', 'y', now(), '{}', sha256('[]'))"),
              "event_check");
}

TEST(DatabaseTransaction, names_the_trigger_that_said_no) {
    Database database({.conninfo = Postgres::cluster().fresh_database()});
    try {
        database.transact([](Tx& tx) { tx.raw().exec("DELETE FROM event"); });
        FAIL() << "history was deleted";
    } catch (const ConstraintViolation& violation) {
        EXPECT_EQ(violation.constraint(), "event_is_history");
    }
}

TEST(DatabaseTransaction, faults_on_a_statement_that_the_role_may_not_run) {
    Database database({.conninfo = fresh_server_database()});
    EXPECT_THROW(database.transact([](Tx& tx) { tx.raw().exec("DELETE FROM event"); }), Fault);
}

TEST(DatabasePool, refuses_to_wait_longer_than_it_was_told) {
    Database database({.conninfo = fresh_server_database(),
                       .connections = 1,
                       .wait = std::chrono::milliseconds(1)});
    const auto nested = [&](Tx&) { database.transact([](Tx&) {}); };
    EXPECT_THROW(database.transact(nested), DatabaseFault);
    EXPECT_EQ(events_in(database), 0);
}

TEST(DatabasePool, is_whole_again_after_the_server_was_killed) {
    Database database({.conninfo = fresh_server_database(), .connections = 4});
    database.transact([&](Tx&) { EXPECT_EQ(events_in(database), 0); });
    Postgres::cluster().crash_and_restart();
    EXPECT_THROW(events_in(database), DatabaseFault);
    // One failure clears the pool: the other connections do not each fail once more.
    EXPECT_EQ(events_in(database), 0);
    database.transact([&](Tx&) { EXPECT_EQ(events_in(database), 0); });
}

TEST(DatabasePool, says_that_it_may_pass_when_the_server_dies_between_two_statements) {
    Database database({.conninfo = fresh_server_database()});
    const auto doomed = [](Tx& tx) {
        tx.raw().exec(insert_event);
        Postgres::cluster().crash_and_restart();
        tx.raw().exec(insert_event);
    };
    EXPECT_THROW(database.transact(doomed), DatabaseFault);
    EXPECT_EQ(events_in(database), 0);
}

TEST(DatabasePool, says_in_doubt_when_the_connection_dies_inside_commit) {
    const std::string conninfo = fresh_server_database();
    Database database({.conninfo = conninfo});
    Database killer({.conninfo = testing::conninfo_as(conninfo, "postgres")});
    const auto doomed = [&](Tx& tx) {
        tx.raw().exec(insert_event);
        const int pid = tx.raw().exec1("SELECT pg_backend_pid()")[0].as<int>();
        killer.transact([&](Tx& other) {
            other.raw().exec_params("SELECT pg_terminate_backend($1, 5000)", pid);
        });
    };
    EXPECT_THROW(database.transact(doomed), CommitInDoubt);
    EXPECT_EQ(events_in(database), 0);
}

TEST(DatabasePool, tells_whether_the_server_answers) {
    Database database({.conninfo = fresh_server_database()});
    EXPECT_TRUE(database.is_reachable());
    Database nowhere({.conninfo = "host=/nonexistent dbname=none user=nobody"});
    EXPECT_FALSE(nowhere.is_reachable());
    EXPECT_THROW(nowhere.transact([](Tx&) {}), DatabaseFault);
}

}  // namespace
}  // namespace hallmark
