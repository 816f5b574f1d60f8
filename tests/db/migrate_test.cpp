// The way of the schema: from nothing to the version that the binary was built against, and what
// stops it.
#include "db/migrate.h"

#include "ca/crypto/hash.h"
#include "tests/support/postgres.h"

#include <future>

#include <gtest/gtest.h>
#include <pqxx/pqxx>

namespace hallmark {
namespace {

using testing::conninfo_as;
using testing::Postgres;

Migration migration(int number, const std::string& name, const std::string& sql) {
    return {.number = number, .name = name, .sql = sql, .sha256 = sha256(as_bytes(sql))};
}

/// Our own bootstrap with two small migrations.
Schema small_schema() {
    Schema schema = embedded_schema();
    schema.migrations = {migration(1, "0001_one", "CREATE TABLE one (id integer)"),
                         migration(2, "0002_two", "CREATE TABLE two (id integer)")};
    schema.roles =
        "GRANT USAGE ON SCHEMA hallmark TO hallmark_server;"
        "GRANT SELECT ON schema_migration, one TO hallmark_server";
    return schema;
}

TEST(Migrate, brings_an_empty_database_up_and_then_has_nothing_to_do) {
    const std::string owner = Postgres::cluster().empty_database();
    const Schema schema = embedded_schema();
    const auto first = apply_schema(owner, schema);
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(first->size(), schema.migrations.size());
    const auto second = apply_schema(owner, schema);
    ASSERT_TRUE(second.has_value());
    EXPECT_TRUE(second->empty());
    EXPECT_TRUE(schema_state(owner, schema).is_ready);
}

TEST(Migrate, makes_tables_that_the_owner_role_holds) {
    const std::string owner = Postgres::cluster().empty_database();
    ASSERT_TRUE(apply_schema(owner, embedded_schema()).has_value());
    pqxx::connection connection(owner);
    pqxx::work tx(connection);
    const auto others = tx.exec1(
        "SELECT count(*) FROM pg_tables WHERE schemaname = 'hallmark' "
        "AND tableowner <> 'hallmark_owner'");
    EXPECT_EQ(others[0].as<int>(), 0);
}

TEST(Migrate, gives_the_schema_that_the_other_tests_run_on) {
    const auto state = schema_state(testing::fresh_server_database(), embedded_schema());
    EXPECT_TRUE(state.is_ready) << state.trouble;
}

TEST(Migrate, check_tells_what_is_pending_and_changes_nothing) {
    const std::string owner = Postgres::cluster().empty_database();
    const Schema schema = small_schema();
    const auto before = schema_state(owner, schema);
    EXPECT_FALSE(before.is_ready);
    EXPECT_EQ(before.pending, (std::vector<std::string>{"0001_one", "0002_two"}));
    EXPECT_EQ(before.trouble, "");

    Schema first = schema;
    first.migrations.pop_back();
    ASSERT_TRUE(apply_schema(owner, first).has_value());
    // The server's own login can ask as well.
    const auto between = schema_state(conninfo_as(owner, "hallmark_server_login"), schema);
    EXPECT_FALSE(between.is_ready);
    EXPECT_EQ(between.pending, std::vector<std::string>{"0002_two"});

    const auto rest = apply_schema(owner, schema);
    ASSERT_TRUE(rest.has_value());
    EXPECT_EQ(*rest, std::vector<std::string>{"0002_two"});
}

TEST(Migrate, refuses_a_migration_that_was_altered_after_it_was_applied) {
    const std::string owner = Postgres::cluster().empty_database();
    Schema schema = small_schema();
    ASSERT_TRUE(apply_schema(owner, schema).has_value());
    schema.migrations[0] = migration(1, "0001_one", "CREATE TABLE one (id bigint)");
    schema.migrations.push_back(migration(3, "0003_three", "CREATE TABLE three (id integer)"));
    const auto answer = apply_schema(owner, schema);
    ASSERT_TRUE(answer.has_error());
    EXPECT_EQ(answer.error().reason, Reason::conflict);
    EXPECT_NE(answer.error().detail.find("0001_one was altered"), std::string::npos);
    const auto state = schema_state(owner, schema);
    EXPECT_FALSE(state.is_ready);
    EXPECT_EQ(state.pending, std::vector<std::string>{"0003_three"});
}

TEST(Migrate, refuses_a_database_that_is_newer_than_the_binary) {
    const std::string owner = Postgres::cluster().empty_database();
    Schema schema = small_schema();
    ASSERT_TRUE(apply_schema(owner, schema).has_value());
    schema.migrations.pop_back();
    const auto answer = apply_schema(owner, schema);
    ASSERT_TRUE(answer.has_error());
    EXPECT_EQ(answer.error().reason, Reason::conflict);
    EXPECT_FALSE(schema_state(owner, schema).is_ready);
}

TEST(Migrate, leaves_whole_migrations_when_one_fails) {
    const std::string owner = Postgres::cluster().empty_database();
    Schema schema = small_schema();
    schema.migrations[1] = migration(2, "0002_two", "CREATE TABLE two (id integer); SELECT 1 / 0");
    EXPECT_THROW(static_cast<void>(apply_schema(owner, schema)), Fault);
    const auto state = schema_state(owner, schema);
    EXPECT_EQ(state.pending, std::vector<std::string>{"0002_two"});
    schema.migrations[1] = small_schema().migrations[1];
    const auto repaired = apply_schema(owner, schema);
    ASSERT_TRUE(repaired.has_value());
    EXPECT_EQ(*repaired, std::vector<std::string>{"0002_two"});
}

TEST(Migrate, lets_two_at_once_apply_each_migration_one_time) {
    const std::string owner = Postgres::cluster().empty_database();
    const Schema schema = small_schema();
    const auto apply = [&] { return apply_schema(owner, schema); };
    auto left = std::async(std::launch::async, apply);
    auto right = std::async(std::launch::async, apply);
    const auto one = left.get();
    const auto two = right.get();
    ASSERT_TRUE(one.has_value() && two.has_value());
    EXPECT_EQ(one->size() + two->size(), 2u);
}

TEST(Migrate, is_refused_to_the_servers_own_login) {
    const std::string owner = Postgres::cluster().fresh_database();
    EXPECT_THROW(static_cast<void>(
                     apply_schema(conninfo_as(owner, "hallmark_server_login"), small_schema())),
                 Fault);
}

}  // namespace
}  // namespace hallmark
