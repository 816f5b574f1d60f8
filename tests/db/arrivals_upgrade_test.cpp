// A house whose elements came before entries were counted: they are numbered by their names, and
// what stands of a manifest is counted as if it had come so.
#include "db/database.h"
#include "db/migrate.h"
#include "tests/support/postgres.h"

#include <gtest/gtest.h>
#include <pqxx/pqxx>

namespace hallmark {
namespace {

using testing::Postgres;

constexpr int arrivals = 18;

class ArrivalsUpgrade : public ::testing::Test {
protected:
    ArrivalsUpgrade() {
        Schema before = embedded_schema();
        std::erase_if(before.migrations,
                      [](const Migration& one) { return one.number >= arrivals; });
        before.roles = "SELECT 1";
        EXPECT_TRUE(apply_schema(owner, before).has_value());
    }
    void import_by_hand(const std::string& second) {
        execute(
            "INSERT INTO lot (id, vendor) VALUES ('lot-1', 'maker');"
            "INSERT INTO manifest_arrival VALUES (sha256('d'), 'maker', 'lot-1');"
            "INSERT INTO element VALUES ('maker/b', 'maker', 'b', '', 'lot-1', sha256('d')), "
            "('maker/" +
            second + "', 'maker', '" + second +
            "', '', 'lot-1', sha256('d'));"
            "INSERT INTO element_key SELECT sha256(id::bytea), id, id::bytea FROM element;"
            "INSERT INTO manifest VALUES (sha256('d'), 'maker', 'f', sha256('s'), 1, 2, 2, "
            "'lot-1', 'operator/ada', now())");
    }
    void execute(const std::string& sql) {
        Database({.conninfo = owner, .connections = 1}).transact([&](Tx& tx) {
            tx.raw().exec("SET LOCAL search_path = hallmark; " + sql);
        });
    }
    std::string told(const std::string& sql) {
        return Database({.conninfo = owner, .connections = 1}).transact([&](Tx& tx) {
            tx.raw().exec0("SET LOCAL search_path = hallmark");
            return tx.raw().exec1(sql)[0].as<std::string>();
        });
    }

    std::string owner = Postgres::cluster().empty_database();
};

TEST_F(ArrivalsUpgrade, numbers_what_is_here_and_counts_it) {
    import_by_hand("a");
    const auto applied = apply_schema(owner, embedded_schema());
    ASSERT_TRUE(applied.has_value()) << applied.error().detail;
    EXPECT_EQ(told("SELECT string_agg(unique_id || entry, ' ' ORDER BY entry) FROM element"),
              "a0 b1");
    EXPECT_EQ(told("SELECT units || ' ' || keyed || ' ' || keys FROM manifest_arrival"), "2 2 2");
    EXPECT_THROW(execute("UPDATE element SET state = 'bound'"), Fault);
}

TEST_F(ArrivalsUpgrade, is_refused_whole_where_an_element_is_named_in_capital_letters) {
    import_by_hand("A");
    EXPECT_THROW((void)apply_schema(owner, embedded_schema()), Fault);
    EXPECT_EQ(told("SELECT max(number)::text FROM schema_migration"), "17");
    EXPECT_EQ(told("SELECT count(*)::text FROM element"), "2");
}

}  // namespace
}  // namespace hallmark
