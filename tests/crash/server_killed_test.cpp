// The server's process dies by SIGKILL under load, again and again: nothing is signed that was not
// durably intended, nothing is lost that was answered, and every station gets its way in the end.
#include "tests/crash/crash_fixture.h"

namespace hallmark {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::holds_within;
using testing::Load;
using testing::ServerProcess;

class ServerKilled : public testing::CrashTest {};

TEST_F(ServerKilled, loses_neither_an_intent_nor_an_answer_whenever_it_dies) {
    ServerProcess server(node("node-1", milliseconds(2)));
    std::size_t unanswered = 0;
    const int kills = rounds(10, 200);
    // Where all of them fell between two issuances, a few more.
    for (int i = 0; i < kills || (ledger.burnt() + ledger.unsettled() == 0 && i < kills + 10);
         ++i) {
        keep_bench_full();
        server.start();
        const std::size_t before = devices.finished();
        Load load(devices, server.factory_door(ground.station_1));
        // Every fifth dies while its first connections are made, the others in the midst of work.
        if (i % 5 != 0) {
            EXPECT_TRUE(holds_within(seconds(30), [&] { return devices.finished() > before; }));
        }
        wait_a_moment();
        server.kill();
        load.stop();
        unanswered += load.unanswered();
        expect_intents_so_far();
    }
    server.start();
    bring_to_end(server);

    expect_all_in_order();
    EXPECT_GT(unanswered, 0u);
    EXPECT_GT(ledger.burnt(), 0);
}

TEST_F(ServerKilled, has_every_intent_on_record_before_the_key_is_at_work) {
    ServerProcess server(node("node-1", seconds(1)));
    devices.add(factory.deliver(4));
    server.start();
    Load load(devices, server.factory_door(ground.station_1));
    // Each signature takes a second from the moment that it is announced; each look far less.
    EXPECT_TRUE(holds_within(seconds(30), [&] {
        expect_intents_so_far();
        return devices.finished() == 4;
    }));
    EXPECT_GE(looked_at, 4u);
}

}  // namespace
}  // namespace hallmark
