// A server that is killed anywhere in an import: nothing of the manifest stands, the job is told as
// interrupted, its document is gone with the next start, and the same document can be imported
// then.
#include "ca/custody/manifest.h"
#include "tests/crash/crash_fixture.h"
#include "tests/support/big_manifest.h"

#include <fstream>
#include <iterator>

namespace hallmark::testing {
namespace {

class ImportKilled : public CrashTest {
protected:
    static constexpr std::size_t units = 12'000;  ///< Some seconds of work.
    static std::string document(const std::string& prefix) {
        const TempDir folder;
        const auto file = folder.path() / "manifest.json";
        write_big_manifest(file, prefix, units, Groundwork::laid().manifest_vendor.signer);
        std::ifstream stream(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }
    std::string begin(const ServerProcess& server, const std::string& lot) const {
        HttpsClient office(server.office_door(ground.ada));
        const auto taken =
            office.request("POST", "/v1/manifests?vendor=swtpm&lot=" + lot, manifest);
        EXPECT_EQ(taken.status, 202) << taken.body;
        return std::string(boost::json::parse(taken.body).at("job").as_string());
    }
    static std::string state(const ServerProcess& server, const std::string& job) {
        HttpsClient office(server.office_door(Groundwork::laid().ada));
        const auto told = office.request("GET", "/v1/jobs/" + job);
        EXPECT_EQ(told.status, 200) << told.body;
        return std::string(boost::json::parse(told.body).at("state").as_string());
    }
    template <typename T>
    T ask(const std::string& sql) const {
        Database owner({.conninfo = factory.conninfo(), .connections = 1});
        return owner.transact([&](Tx& tx) { return tx.raw().exec1(sql)[0].template as<T>(); });
    }
    [[nodiscard]] std::string held() const {
        return ask<std::string>(
            "SELECT concat_ws(' ', (SELECT count(*) FROM manifest), (SELECT count(*) FROM lot), "
            "(SELECT count(*) FROM element), (SELECT count(*) FROM element_key), "
            "(SELECT count(*) FROM manifest_arrival), "
            "(SELECT count(*) FROM event WHERE type LIKE 'manifest.%'))");
    }
    static std::size_t spooled(const ServerProcess& server) {
        std::size_t count = 0;
        for (const auto& entry : std::filesystem::directory_iterator(server.spool()))
            count += entry.path().extension() == ".spool" ? 1 : 0;
        return count;
    }

    std::string manifest = document("k-");
};

TEST_F(ImportKilled, leaves_nothing_but_a_job_that_is_interrupted) {
    ServerProcess server(node("node-1"));
    server.start();
    int caught = 0;
    for (int round = 0; round < rounds(4, 40); ++round) {
        const std::string before = held();
        const std::string job = begin(server, "lot-" + std::to_string(round));
        std::uniform_int_distribution<int> moment(0, 1500);
        std::this_thread::sleep_for(std::chrono::milliseconds(moment(chance)));
        server.kill();
        const auto ended =
            ask<std::string>("SELECT state FROM import_job WHERE id = '" + job + "'");
        if (ended == "done") {
            // It was too quick for this round: it stands whole, and the next document is another.
            EXPECT_NE(held(), before);
            manifest = document("k" + std::to_string(round) + "-");
        } else {
            ++caught;
            EXPECT_TRUE(ended == "queued" || ended == "running") << ended;
            EXPECT_EQ(held(), before);
            EXPECT_EQ(spooled(server), 1u);
        }
        server.start();
        EXPECT_EQ(spooled(server), 0u);
        if (ended == "done") continue;
        EXPECT_TRUE(holds_within(std::chrono::seconds(5),
                                 [&] { return state(server, job) == "interrupted"; }));
        EXPECT_EQ(held(), before);
    }
    EXPECT_GT(caught, 0);
    const std::string job = begin(server, "lot-whole");
    EXPECT_TRUE(
        holds_within(std::chrono::seconds(60), [&] { return state(server, job) == "done"; }));
    EXPECT_EQ(ask<long>("SELECT count(*) FROM element WHERE lot = 'lot-whole'"),
              static_cast<long>(units));
    EXPECT_EQ(spooled(server), 0u);
}

TEST_F(ImportKilled, while_the_document_still_comes_leaves_no_job_and_no_file_behind_the_start) {
    ServerProcess server(node("node-1"));
    server.start();
    const std::string before = held();
    std::thread sender([&] {
        HttpsClient office(server.office_door(ground.ada));
        std::size_t sent = 0;
        try {
            (void)office.upload(
                "/v1/manifests?vendor=swtpm&lot=lot-9",
                {.octets = manifest.size(), .read = [&](char* into, std::size_t most) {
                     std::this_thread::sleep_for(std::chrono::milliseconds(50));
                     const auto piece = std::min<std::size_t>(most, 64 * 1024);
                     const auto count = manifest.copy(into, piece, sent);
                     sent += count;
                     return count;
                 }});
            ADD_FAILURE() << "the server was killed and answered";
        } catch (const ClientFault&) {
        }
    });
    EXPECT_TRUE(holds_within(std::chrono::seconds(10), [&] { return spooled(server) == 1; }));
    server.kill();
    sender.join();
    EXPECT_EQ(spooled(server), 1u);
    server.start();
    EXPECT_EQ(spooled(server), 0u);
    EXPECT_EQ(held(), before);
    EXPECT_EQ(ask<long>("SELECT count(*) FROM import_job"), 0);
}

}  // namespace
}  // namespace hallmark::testing
