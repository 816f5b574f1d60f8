// Nodes that share one database: what a dead one left is settled by the others, by the database's
// clock and not before; what a living one is at work on is nobody else's business.
#include "tests/crash/crash_fixture.h"

#include <gmock/gmock.h>

namespace hallmark {
namespace {

using std::chrono::seconds;
using testing::Device;
using testing::holds_within;
using testing::Load;
using testing::Progress;
using testing::ServerProcess;
using testing::SoftStation;

/// A node and the one device that it is at work on.
struct InFlight {
    InFlight(ServerProcess::Setting setting, const SoftTpm& tpm)
        : server(std::move(setting)), device(tpm) {}
    ~InFlight() {
        server.kill();
        if (thread.joinable()) thread.join();
    }
    InFlight(const InFlight&) = delete;
    InFlight& operator=(const InFlight&) = delete;

    void begin(const testing::Badge& badge) {
        server.start();
        thread = std::thread([this, door = server.factory_door(badge)] {
            SoftStation station(door);
            try {
                answered = device.advance(station);
            } catch (const ClientFault&) {
                // No answer is an outcome, too.
            }
        });
    }
    /// Nothing where no answer came.
    [[nodiscard]] std::optional<Progress> outcome() {
        thread.join();
        return answered;
    }

    ServerProcess server;
    Device device;
    std::thread thread;
    std::optional<Progress> answered;
};

class TwoNodes : public testing::CrashTest {
protected:
    [[nodiscard]] long in_state(const std::string& state, const std::string& at) const {
        return ledger.ask<long>(
            "SELECT count(*) FROM credential c JOIN epoch p ON p.id = c.epoch "
            "WHERE c.state = $1 AND p.node = $2",
            state, at);
    }
    /// Its intents, as `hallmark reconcile` would name them.
    [[nodiscard]] std::string serials_of(const std::string& at) const {
        return ledger.ask<std::string>(
            "SELECT COALESCE(string_agg(encode(serial, 'hex'), ' '), '') FROM credential c "
            "JOIN epoch p ON p.id = c.epoch WHERE p.node = $1",
            at);
    }
    /// The least time, in seconds, between the last beat of an epoch and the end of an intent of
    /// it.
    [[nodiscard]] double soonest_burnt() const {
        return ledger.ask<double>(
            "SELECT min(extract(epoch FROM e.at - p.beat_at))::double precision FROM ending e "
            "JOIN credential c USING (serial) JOIN epoch p ON p.id = c.epoch "
            "WHERE e.state = 'burnt'");
    }
};

TEST_F(TwoNodes, settle_what_the_dead_left_and_leave_the_living_alone) {
    const auto tpms = factory.deliver(3);
    ServerProcess heir(node("heir"));
    heir.start();
    InFlight slow(node("slow", seconds(13)), *tpms[0]);
    InFlight doomed(node("doomed", seconds(13)), *tpms[1]);
    InFlight asleep(node("asleep", seconds(13)), *tpms[2]);
    for (InFlight* each : {&slow, &doomed, &asleep})
        each->begin(ground.station_1);
    EXPECT_TRUE(holds_within(seconds(10), [&] { return ledger.unsettled() == 3; }));
    doomed.server.kill();
    asleep.server.suspend();
    EXPECT_EQ(doomed.outcome(), std::nullopt);

    // The heir looks every second, and reconcile beside it.
    auto station = station_at(heir);
    while (ledger.burnt() < 2 && in_state("reserved", "slow") == 1) {
        EXPECT_THAT(station.repeat(doomed.device.sent()[0].body).status,
                    ::testing::AnyOf(409, 410));
        EXPECT_THAT(heir.reconcile(), ::testing::Not(::testing::HasSubstr(serials_of("slow"))));
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
    EXPECT_EQ(in_state("burnt", "doomed"), 1);
    EXPECT_EQ(in_state("burnt", "asleep"), 1);
    EXPECT_EQ(in_state("reserved", "slow"), 1);
    EXPECT_GE(soonest_burnt(), 10.0);

    // It wakes with a signature that nobody wants any more.
    asleep.server.resume();
    EXPECT_NE(asleep.outcome(), Progress::finished);
    EXPECT_EQ(slow.outcome(), Progress::finished);
    EXPECT_EQ(ledger.burnt(), 2);
    for (Device* late : {&doomed.device, &asleep.device}) {
        EXPECT_EQ(late->advance(station), Progress::at_once);
        EXPECT_TRUE(late->sent().back().is_burnt);
        EXPECT_EQ(late->advance(station), Progress::finished);
    }
    expect_intents_so_far();
    ledger.expect_settled_ones_whole();
}

TEST_F(TwoNodes, leave_a_list_for_reconcile_once_all_of_them_are_dead) {
    devices.add(factory.deliver(4));
    ServerProcess doomed(node("doomed", seconds(5)));
    doomed.start();
    Load load(devices, doomed.factory_door(ground.station_1));
    EXPECT_TRUE(holds_within(seconds(4), [&] { return in_state("reserved", "doomed") == 4; }));
    doomed.kill();
    load.stop();

    EXPECT_EQ(doomed.reconcile(), "0 settled\n");
    EXPECT_EQ(ledger.unsettled(), 4);
    std::string printed;
    EXPECT_TRUE(holds_within(seconds(15), [&] {
        printed = doomed.reconcile();
        return printed != "0 settled\n";
    }));
    std::istringstream serials(serials_of("doomed"));
    for (std::string serial; serials >> serial;)
        EXPECT_THAT(printed, ::testing::HasSubstr("burnt " + serial));
    EXPECT_THAT(printed, ::testing::EndsWith("\n4 settled\n"));
    EXPECT_GE(soonest_burnt(), 10.0);
    EXPECT_EQ(doomed.reconcile(), "0 settled\n");
    expect_intents_so_far();
}

}  // namespace
}  // namespace hallmark
