// Many workers, one commit: a row that may not be fails alone, and a commit whose outcome nobody
// heard is asked for.
#include "db/gate.h"
#include "tests/e2e/house_fixture.h"

#include <future>

namespace hallmark {
namespace {

using testing::Bench;
using testing::SoftStation;

class GroupCommitAtTheDoor : public testing::HouseTest {
protected:
    /// Attested and ready to be sent.
    Bench ready(const SoftTpm& tpm) {
        Bench bench(tpm);
        auto line = station();
        EXPECT_EQ(line.open(bench).status, 201);
        SoftStation::attest(bench);
        return bench;
    }
    std::future<ClientAnswer> sent(Bench& bench) {
        return std::async(std::launch::async, [this, &bench] { return station().issue(bench); });
    }
    bool soon_one(const std::string& sql) {
        return soon([&] {
            return server.transact([&](Tx& tx) { return tx.raw().exec1(sql)[0].as<bool>(); });
        });
    }
    void as_superuser(const std::string& sql) const {
        Database super({.conninfo = testing::conninfo_as(conninfo, "postgres"), .connections = 1});
        super.ask([&](Tx& tx) { return tx.raw().exec(sql).size(); });
    }
    double largest_batch_above(const std::string& bound) const {
        const std::string page = fetch("ops", "/metrics");
        const auto count = [&](const std::string& name) {
            const auto at = page.find("\nhallmark_db_commit_batch_size" + name);
            if (at == std::string::npos) throw std::runtime_error("no metric of the batches");
            return std::stod(page.substr(page.find(' ', at)));
        };
        return count("_count") - count("_bucket{le=\"" + bound + "\"}");
    }
    static constexpr const char* waits_at_the_gate =
        "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)";
};

TEST_F(GroupCommitAtTheDoor, lets_a_row_that_may_not_be_fail_alone_among_its_neighbours) {
    std::vector<Bench> benches;
    for (const auto& tpm : tpms)
        benches.push_back(ready(tpm));
    benches.push_back(ready(tpms[3]));  // One element, asked for twice with two keys.
    std::vector<std::future<ClientAnswer>> answers;
    owner.transact([&](Tx& tx) {
        close_gate(tx);
        answers.push_back(sent(benches[0]));
        ASSERT_TRUE(soon_one(waits_at_the_gate));
        // While the first one's commit waits, the rest gather to the next.
        for (std::size_t i = 1; i < benches.size(); ++i)
            answers.push_back(sent(benches[i]));
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
    });
    int issued = 0;
    int refused = 0;
    for (auto& answer : answers) {
        const int status = answer.get().status;
        issued += status == 201 ? 1 : 0;
        refused += status == 422 ? 1 : 0;
    }
    EXPECT_EQ(issued, 4);
    EXPECT_EQ(refused, 1);
    EXPECT_GE(largest_batch_above("1"), 1.0) << "nothing was committed together";
    EXPECT_EQ(ask<long>("SELECT count(*) FROM credential WHERE state = 'issued'"), 4);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM credential"), 4);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM refusal"), 1);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM intent"), 4);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM usage WHERE kind = 'lot' AND used <> 4"), 0);
}

TEST_F(GroupCommitAtTheDoor, goes_on_where_the_commit_was_lost_and_had_happened) {
    // A commit that waits for a standby that never comes has happened here; its process is ended
    // while it waits.
    Bench bench = ready(tpms[0]);
    as_superuser("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    as_superuser("SELECT pg_reload_conf()");
    auto answer = sent(bench);
    EXPECT_TRUE(soon_one(
        "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
        "WHERE l.locktype = 'advisory' AND l.objid = 4842218 AND a.wait_event = 'SyncRep')"));
    as_superuser(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
    as_superuser("ALTER SYSTEM RESET synchronous_standby_names");
    as_superuser("SELECT pg_reload_conf()");
    EXPECT_EQ(answer.get().status, 201);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM credential WHERE state = 'issued'"), 1);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM intent"), 1);
}

TEST_F(GroupCommitAtTheDoor, refuses_where_the_commit_was_lost_and_had_not_happened) {
    Bench bench = ready(tpms[0]);
    // A check that the commit itself waits in.
    execute_as("hallmark_owner_login",
               "CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
               "PERFORM pg_sleep(60); RETURN NULL; END $$; "
               "CREATE CONSTRAINT TRIGGER linger AFTER INSERT ON hallmark.intent DEFERRABLE "
               "INITIALLY DEFERRED "
               "FOR EACH ROW EXECUTE FUNCTION linger()");
    auto answer = sent(bench);
    ASSERT_TRUE(
        soon_one("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep')"));
    as_superuser(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
    const ClientAnswer first = answer.get();
    EXPECT_EQ(first.status, 503);
    EXPECT_FALSE(first.header("retry-after").empty());
    EXPECT_EQ(ask<long>("SELECT count(*) FROM credential"), 0);
    execute_as("hallmark_owner_login", "DROP TRIGGER linger ON hallmark.intent");
    EXPECT_EQ(station().repeat(bench).status, 201) << "the same request, again";
    EXPECT_EQ(ask<long>("SELECT count(*) FROM credential WHERE state = 'issued'"), 1);
}

}  // namespace
}  // namespace hallmark
