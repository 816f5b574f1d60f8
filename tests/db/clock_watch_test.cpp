// When a node may believe its clock.
#include "ca/issuance/clock_watch.h"

#include "db/epochs.h"
#include "tests/support/moved_clock.h"
#include "tests/support/postgres.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pqxx/pqxx>

namespace hallmark {
namespace {

using std::chrono::seconds;
using ::testing::EndsWith;
using ::testing::StartsWith;

class ClockWatched : public ::testing::Test {
protected:
    [[nodiscard]] std::string objection() {
        const auto checked = watch.check();
        return checked ? "" : checked.error().detail;
    }
    std::string conninfo = testing::Postgres::cluster().fresh_database();
    Database owner{{.conninfo = conninfo, .connections = 1}};
    Database server{
        {.conninfo = testing::conninfo_as(conninfo, "hallmark_server_login"), .connections = 1}};
    testing::MovedClock clock;
    /// The bound between the two clocks lies wide, so that what is set back is seen alone.
    ClockWatch watch{server, clock, {.step_back = seconds(5), .disagreement = seconds(60)}};
};

TEST_F(ClockWatched, believes_nothing_that_was_never_compared) {
    EXPECT_EQ(objection(), "clock: not yet compared with the database's");
    EXPECT_EQ(watch.check().error().reason, Reason::unavailable);
    EXPECT_TRUE(watch.look());
    EXPECT_EQ(objection(), "");
}

TEST_F(ClockWatched, bears_a_small_step_back_and_no_large_one_until_the_time_was_passed_again) {
    ASSERT_TRUE(watch.look());
    clock.move(seconds(-4));
    EXPECT_EQ(objection(), "");
    clock.move(seconds(-16));
    EXPECT_THAT(objection(), StartsWith("clock: this node's was set back by "));
    EXPECT_FALSE(watch.look()) << "comparing it anew does not make it right";
    clock.move(seconds(17));
    EXPECT_EQ(objection(), "");
    EXPECT_TRUE(watch.look());
}

TEST_F(ClockWatched, says_which_clock_is_ahead) {
    clock.move(seconds(90));
    EXPECT_FALSE(watch.look());
    EXPECT_THAT(objection(), EndsWith(" s ahead of the database's"));
    EXPECT_NEAR(watch.disagreement().count(), 90, 1);
    clock.move(seconds(-180));
    EXPECT_FALSE(watch.look());
    EXPECT_THAT(objection(), EndsWith(" s behind the database's"));
    clock.move(seconds(90));
    EXPECT_TRUE(watch.look()) << "a time that was not believed is none to come back to";
}

TEST_F(ClockWatched, knows_that_the_databases_clock_was_set_back_whatever_has_restarted_since) {
    ASSERT_TRUE(watch.look());
    owner.transact([](Tx& tx) { (void)Epochs(tx).begin("node-1"); });
    Database superuser({.conninfo = testing::conninfo_as(conninfo, "postgres"), .connections = 1});
    superuser.transact([](Tx& tx) {
        tx.raw().exec("UPDATE hallmark.epoch SET beat_at = clock_timestamp() + interval '30 s'");
    });
    EXPECT_FALSE(watch.look());
    EXPECT_THAT(objection(), StartsWith("clock: the database's was set back by "));
    ClockWatch fresh(server, clock, {});
    EXPECT_FALSE(fresh.look());
}

}  // namespace
}  // namespace hallmark
