// The database dies under a server that lives on: stations are put off for as long as it is away,
// never cut off, and nothing is lost. Nobody restarts the server.
#include "tests/crash/crash_fixture.h"

namespace hallmark {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::holds_within;
using testing::Load;
using testing::Postgres;
using testing::ServerProcess;

class DatabaseKilled : public testing::CrashTest {};

TEST_F(DatabaseKilled, is_survived_by_the_server_which_answers_all_the_while) {
    ServerProcess server(node("node-1", milliseconds(2)));
    keep_bench_full();
    server.start();
    Load load(devices, server.factory_door(ground.station_1));
    const int crashes = rounds(5, 50);
    for (int i = 0; i < crashes; ++i) {
        keep_bench_full();
        wait_a_moment();
        Postgres::cluster().crash_and_restart();
        expect_intents_so_far();
        const std::size_t before = devices.finished();
        EXPECT_TRUE(holds_within(seconds(15), [&] { return devices.finished() > before; }));
    }
    load.stop();
    EXPECT_EQ(load.unanswered(), 0u);
    bring_to_end(server);

    EXPECT_FALSE(server.has_ended());
    expect_all_in_order();
    std::size_t put_off = 0;
    for (const testing::Device& device : devices.all())
        put_off += device.times_put_off();
    EXPECT_GT(put_off, 0u);
    if (HasFailure()) print_faults(server);
}

}  // namespace
}  // namespace hallmark
