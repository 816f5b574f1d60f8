// The key of results goes while stations work: nobody but the results waits for it, and they are
// all made when it is back.
#include "tests/heal/heal_fixture.h"

namespace hallmark {
namespace {

using std::chrono::seconds;
using testing::holds_within;
using testing::Load;
using testing::ServerProcess;

class ResultsLate : public testing::CrashTest {
protected:
    ResultsLate() {
        devices.add(factory.deliver(1000));
        server.start();
    }
    static ServerProcess::Setting with_results(ServerProcess::Setting setting) {
        setting.results = true;
        return setting;
    }
    [[nodiscard]] long count(const std::string& what) const {
        return ledger.ask<long>("SELECT count(*) FROM " + what);
    }
    [[nodiscard]] double metric(const std::string& name) const {
        const std::string text = server.ops("/metrics");
        const auto at = text.find("\n" + name + " ");
        if (at == std::string::npos) return -1;
        return std::stod(text.substr(at + name.size() + 2));
    }

    ServerProcess server{with_results(node("node-1"))};
};

TEST_F(ResultsLate, while_their_key_is_lost_and_never_fewer) {
    Load stations(devices, server.factory_door(ground.station_1), 2);
    EXPECT_TRUE(holds_within(seconds(30), [&] { return count("attestation_result") > 10; }));
    server.inflict(
        "C_SignInit CKR_KEY_HANDLE_INVALID object=results-1\n"
        "C_FindObjectsInit absent object=results-1");
    // One that was signed before may still be written.
    EXPECT_TRUE(holds_within(seconds(10), [&] {
        return server.log().find(R"("event":"job.failed","job":"results")") != std::string::npos;
    }));
    EXPECT_GE(metric(R"(hallmark_hsm_errors_total{kind="key-lost"})"), 1);
    const long made = count("attestation_result");
    const std::size_t finished = devices.finished();
    EXPECT_TRUE(holds_within(seconds(30), [&] { return devices.finished() > finished + 20; }))
        << "the line goes on";
    EXPECT_TRUE(holds_within(seconds(15), [&] { return metric("hallmark_results_waiting") > 10; }));
    EXPECT_EQ(count("attestation_result"), made);
    EXPECT_TRUE(server.is_ready());

    server.inflict("");
    stations.stop();
    EXPECT_TRUE(holds_within(seconds(30),
                             [&] { return count("oracle_due") == 0 && count("result_due") == 0; }));
    EXPECT_EQ(count("attestation_result"), count("credential WHERE recorded_at IS NOT NULL"));
    EXPECT_TRUE(holds_within(seconds(15), [&] { return metric("hallmark_results_waiting") == 0; }));
    EXPECT_FALSE(server.has_ended());
}

}  // namespace
}  // namespace hallmark
