// The lifecycles stand twice, in C++ and in SQL; here they are held against each other, edge by
// edge.
#include "ca/domain/lifecycle.h"

#include "db/database.h"
#include "tests/support/postgres.h"

#include <set>
#include <tuple>

#include <gtest/gtest.h>
#include <pqxx/pqxx>

namespace hallmark {
namespace {

using testing::conninfo_as;
using testing::Postgres;

using Edge = std::tuple<std::string, std::string, std::string>;

TEST(Lifecycle, is_the_same_table_in_sql_and_in_cpp) {
    std::set<Edge> ours;
    for (const Transition& edge : transitions)
        ours.emplace(edge.subject, edge.from, edge.to);
    std::set<Edge> theirs;
    Database database({.conninfo = testing::fresh_server_database()});
    database.transact([&](Tx& tx) {
        for (const auto& row :
             tx.raw().exec("SELECT subject, from_state, to_state FROM transition")) {
            theirs.emplace(row[0].as<std::string>(), row[1].as<std::string>(),
                           row[2].as<std::string>());
        }
    });
    EXPECT_EQ(ours, theirs);
}

TEST(Lifecycle, guards_each_subjects_own_table) {
    Database database({.conninfo = testing::fresh_server_database()});
    // The subject is the trigger's first argument, ended by a zero octet.
    constexpr const char* sql = R"sql(
        SELECT c.relname
        FROM pg_trigger t
        JOIN pg_class c ON c.oid = t.tgrelid
        JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE p.proname IN ('check_transition', 'credential_moves_on', 'device_moves_on') AND t.tgenabled = 'O'
          AND encode(t.tgargs, 'escape') LIKE c.relname || '\\000%'
    )sql";
    std::set<std::string> guarded;
    database.transact([&](Tx& tx) {
        for (const auto& row : tx.raw().exec(sql))
            guarded.insert(row[0].as<std::string>());
    });
    EXPECT_EQ(guarded, (std::set<std::string>{"break_glass", "credential", "device", "element",
                                              "import_job", "lot", "proposal"}));
}

/// A table with a lifecycle and nothing else, that the server's role may update freely.
void make_life(Database& owner, const std::string& subject) {
    owner.transact([&](Tx& tx) {
        tx.raw().exec("CREATE TABLE life_" + subject +
                      " (state text NOT NULL, fixed integer DEFAULT 1)");
        tx.raw().exec("CREATE TRIGGER goes_on BEFORE UPDATE ON life_" + subject +
                      " FOR EACH ROW EXECUTE FUNCTION check_transition('" + subject +
                      "', 'state')");
        tx.raw().exec("GRANT SELECT, INSERT, UPDATE ON life_" + subject + " TO hallmark_server");
    });
}

/// "" when the row went from one state to the other; else the constraint that said no.
std::string answer_to(Database& server, const std::string& subject, const std::string& from,
                      const std::string& change) {
    try {
        server.transact([&](Tx& tx) {
            tx.raw().exec_params("INSERT INTO life_" + subject + " (state) VALUES ($1)", from);
            tx.raw().exec("UPDATE life_" + subject + " SET " + change);
        });
        return "";
    } catch (const ConstraintViolation& violation) {
        return violation.constraint();
    }
}

TEST(Lifecycle, takes_the_edges_of_the_table_and_no_other) {
    const std::string conninfo = Postgres::cluster().fresh_database();
    Database owner({.conninfo = conninfo});
    Database server({.conninfo = conninfo_as(conninfo, "hallmark_server_login")});
    std::set<std::string> subjects;
    for (const Transition& edge : transitions)
        subjects.emplace(edge.subject);
    int refused = 0;
    for (const std::string& subject : subjects) {
        make_life(owner, subject);
        std::set<std::string> states;
        for (const Transition& edge : transitions) {
            if (edge.subject == subject)
                states.insert({std::string(edge.from), std::string(edge.to)});
        }
        for (const std::string& from : states) {
            for (const std::string& to : states) {
                if (from == to) continue;
                owner.transact([&](Tx& tx) { tx.raw().exec("TRUNCATE life_" + subject); });
                const std::string answer = answer_to(server, subject, from, "state = '" + to + "'");
                const bool may = may_become(subject, from, to);
                EXPECT_EQ(answer, may ? "" : subject + "_transition")
                    << subject << ": " << from << " to " << to;
                refused += may ? 0 : 1;
            }
        }
    }
    EXPECT_GT(refused, 40);
}

TEST(Lifecycle, lets_a_row_change_in_its_free_columns_alone) {
    const std::string conninfo = Postgres::cluster().fresh_database();
    Database owner({.conninfo = conninfo});
    make_life(owner, "device");
    Database server({.conninfo = conninfo_as(conninfo, "hallmark_server_login")});
    EXPECT_EQ(answer_to(server, "device", "issued", "state = 'provisioned', fixed = 2"),
              "life_device_is_fixed");
    EXPECT_EQ(answer_to(server, "device", "issued", "state = 'provisioned'"), "");
}

}  // namespace
}  // namespace hallmark
