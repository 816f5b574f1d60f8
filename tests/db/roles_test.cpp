// What the logins may not do, asked of every table there is.
#include "db/database.h"
#include "tests/support/postgres.h"

#include <set>

#include <gtest/gtest.h>
#include <pqxx/pqxx>

namespace hallmark {
namespace {

using testing::conninfo_as;
using testing::Postgres;

struct Table {
    std::string name;
    std::string first_column;
    bool is_history = false;
    bool keeps_rows = false;
};

constexpr const char* tables_sql = R"sql(
    SELECT c.relname,
           (SELECT quote_ident(attname)
            FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
              AND a.attidentity = '' AND a.attgenerated = ''
            ORDER BY attnum
            LIMIT 1),
           'is_history' = ANY (t.names),
           'rows_stay' = ANY (t.names)
    FROM pg_class c
    CROSS JOIN LATERAL (SELECT array_agg(tgname::text) AS names
                        FROM pg_trigger
                        WHERE tgrelid = c.oid AND tgenabled = 'O') t
    WHERE c.relnamespace = 'hallmark'::regnamespace AND c.relkind IN ('r', 'p')
      AND NOT c.relispartition
    ORDER BY c.relname
)sql";
std::vector<Table> tables_of(const std::string& conninfo) {
    Database database({.conninfo = conninfo, .connections = 1});
    std::vector<Table> tables;
    database.transact([&](Tx& tx) {
        for (const auto& row : tx.raw().exec(tables_sql)) {
            tables.push_back({row[0].as<std::string>(), row[1].as<std::string>(),
                              row[2].as<bool>(false), row[3].as<bool>(false)});
        }
    });
    return tables;
}

/// "" when it was allowed; the constraint's name, or "privilege".
std::string answer_to(Database& database, const std::string& sql) {
    try {
        database.transact([&](Tx& tx) { tx.raw().exec(sql); });
        return "";
    } catch (const ConstraintViolation& violation) {
        return violation.constraint();
    } catch (const Fault& fault) {
        const bool is_privilege = std::string(fault.what()).find("42501") != std::string::npos;
        return is_privilege ? "privilege" : fault.what();
    }
}

/// Challenges live two minutes and are swept; what was judged, or has its result, is taken off its
/// queue.
const std::set<std::string> swept_tables{"challenge", "oracle_due", "result_due"};
/// The list of migrations is the owner's own.
const std::set<std::string> free_tables{"challenge", "oracle_due", "result_due",
                                        "schema_migration"};

TEST(Roles, every_table_is_history_or_keeps_its_rows) {
    for (const Table& table : tables_of(Postgres::cluster().fresh_database())) {
        if (free_tables.contains(table.name)) continue;
        EXPECT_TRUE(table.is_history || table.keeps_rows) << table.name;
    }
}

TEST(Roles, the_server_may_neither_change_nor_remove_history) {
    const std::string owner = Postgres::cluster().fresh_database();
    Database server({.conninfo = conninfo_as(owner, "hallmark_server_login")});
    for (const Table& table : tables_of(owner)) {
        const std::string update =
            "UPDATE " + table.name + " SET " + table.first_column + " = " + table.first_column;
        if (table.is_history) {
            EXPECT_EQ(answer_to(server, update), "privilege") << table.name;
        }
        EXPECT_EQ(answer_to(server, "TRUNCATE " + table.name + " CASCADE"), "privilege")
            << table.name;
        if (swept_tables.contains(table.name)) continue;
        EXPECT_EQ(answer_to(server, "DELETE FROM " + table.name), "privilege") << table.name;
    }
}

TEST(Roles, the_law_of_history_holds_against_the_owner_too) {
    const std::string conninfo = Postgres::cluster().fresh_database();
    Database owner({.conninfo = conninfo});
    int histories = 0;
    for (const Table& table : tables_of(conninfo)) {
        if (!table.is_history) continue;
        ++histories;
        const std::string law = table.name + "_is_history";
        EXPECT_EQ(answer_to(owner, "UPDATE " + table.name + " SET " + table.first_column + " = " +
                                       table.first_column),
                  law);
        EXPECT_EQ(answer_to(owner, "DELETE FROM " + table.name), law);
        // Without CASCADE a foreign key would answer first; with it, the law of a referring table
        // may.
        const std::string truncated = answer_to(owner, "TRUNCATE " + table.name + " CASCADE");
        EXPECT_TRUE(truncated.ends_with("_is_history") || truncated.ends_with("_rows_stay"))
            << truncated;
    }
    EXPECT_GT(histories, 8);
}

TEST(Roles, every_law_looks_for_names_in_its_own_schema_first) {
    Database database({.conninfo = Postgres::cluster().fresh_database(), .connections = 1});
    constexpr const char* astray_sql = R"sql(
        SELECT p.proname
        FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
        WHERE p.pronamespace = 'hallmark'::regnamespace AND l.lanname = 'plpgsql'
            AND NOT COALESCE('search_path=hallmark, pg_temp' = ANY (p.proconfig), false)
    )sql";
    database.transact([&](Tx& tx) {
        for (const auto& row : tx.raw().exec(astray_sql))
            ADD_FAILURE() << row[0].as<std::string>();
    });
}

/// The laws that write what the server may not would write it for any table of its own.
TEST(Roles, the_server_cannot_put_the_counting_laws_on_a_table_of_its_own) {
    Database server(
        {.conninfo = conninfo_as(Postgres::cluster().fresh_database(), "hallmark_server_login")});
    for (const std::string law : {"enter_with_manifest", "come_with_element"}) {
        EXPECT_EQ(answer_to(server,
                            "CREATE TEMPORARY TABLE mine (element text);"
                            "CREATE TRIGGER forged AFTER INSERT ON mine REFERENCING NEW "
                            "TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION " +
                                law + "()"),
                  "privilege")
            << law;
    }
}

TEST(Roles, auditor_and_reader_write_nothing) {
    const std::string owner = Postgres::cluster().fresh_database();
    for (const char* login : {"hallmark_auditor_login", "hallmark_reader_login"}) {
        Database database({.conninfo = conninfo_as(owner, login)});
        EXPECT_EQ(answer_to(database, "SELECT count(*) FROM event"), "");
        for (const Table& table : tables_of(owner)) {
            for (const std::string& act : {"INSERT INTO " + table.name + " DEFAULT VALUES",
                                           "DELETE FROM " + table.name, "TRUNCATE " + table.name,
                                           "UPDATE " + table.name + " SET " + table.first_column +
                                               " = " + table.first_column}) {
                EXPECT_EQ(answer_to(database, act), "privilege") << login << ": " << act;
            }
        }
    }
}

TEST(Roles, no_login_but_the_owners_makes_tables_or_functions) {
    const std::string owner = Postgres::cluster().fresh_database();
    for (const char* login :
         {"hallmark_server_login", "hallmark_auditor_login", "hallmark_reader_login"}) {
        Database database({.conninfo = conninfo_as(owner, login)});
        EXPECT_EQ(answer_to(database, "CREATE TABLE hallmark.mine (id integer)"), "privilege");
        EXPECT_EQ(answer_to(database, "ALTER TABLE event DISABLE TRIGGER ALL"), "privilege");
        EXPECT_EQ(answer_to(database, "SET ROLE hallmark_owner"), "privilege");
    }
}

TEST(Roles, the_server_may_not_trick_a_trigger_by_its_session_settings) {
    Database server({.conninfo = testing::fresh_server_database()});
    EXPECT_EQ(answer_to(server, "SET session_replication_role = replica"), "privilege");
}

}  // namespace
}  // namespace hallmark
