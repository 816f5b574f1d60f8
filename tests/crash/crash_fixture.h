// The world of a crash test: a factory, its devices, the file in which the key's every signature is
// announced, and what must hold of all three however the machines die.
#pragma once

#include "tests/crash/factory.h"
#include "tests/crash/ledger.h"
#include "tests/crash/load.h"
#include "tests/crash/server_process.h"

#include <cstdlib>
#include <iostream>
#include <random>

namespace hallmark::testing {

/// Looks again until it holds or the time is over.
template <typename Condition>
[[nodiscard]] bool holds_within(std::chrono::seconds limit, Condition condition) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return true;
}

class CrashTest : public ::testing::Test {
protected:
    CrashTest() {
        std::cout << "HALLMARK_SEED=" << seed << std::endl;
        std::ofstream(digests()).close();
    }

    [[nodiscard]] ServerProcess::Setting node(const std::string& name,
                                              std::chrono::milliseconds hsm = {}) const {
        return {
            .node = name, .conninfo = factory.server_conninfo(), .digests = digests(), .hsm = hsm};
    }
    [[nodiscard]] SoftStation station_at(const ServerProcess& server) const {
        return SoftStation(server.factory_door(ground.station_1));
    }
    [[nodiscard]] std::string digests() const { return (folder.path() / "digests").string(); }

    [[nodiscard]] static int rounds(int by_default, int in_long_runs) {
        const char* wanted = std::getenv("HALLMARK_LONG");
        return wanted != nullptr && *wanted == '1' ? in_long_runs : by_default;
    }
    [[nodiscard]] static unsigned chosen_seed() {
        const char* given = std::getenv("HALLMARK_SEED");
        if (given != nullptr) return static_cast<unsigned>(std::strtoul(given, nullptr, 10));
        return std::random_device{}();
    }
    /// Long enough for some lines to be somewhere between challenge and answer.
    void wait_a_moment() {
        std::uniform_int_distribution<int> moment(5, 300);
        std::this_thread::sleep_for(std::chrono::milliseconds(moment(chance)));
    }
    void keep_bench_full() {
        if (devices.fresh() < 200) devices.add(factory.deliver(200));
    }

    /// Of what was signed since the last look, while nothing more can be written.
    void expect_intents_so_far() {
        const auto all = signed_digests(digests());
        ledger.expect_intent_of_each({all.begin() + static_cast<long>(looked_at), all.end()});
        looked_at = all.size();
    }
    /// Every device that was begun gets its certificate; the epochs of the killed have to die
    /// first.
    void bring_to_end(const ServerProcess& server) {
        bring_to_end(devices, server.factory_door(ground.station_1));
    }
    static void bring_to_end(Devices& some, const ClientOptions& door) {
        some.drop_fresh();
        Load rest(some, door);
        EXPECT_TRUE(holds_within(std::chrono::seconds(60), [&] { return some.is_done(); }));
        rest.stop();
        EXPECT_EQ(rest.unanswered(), 0u);
        SoftStation station(door);
        for (Device& device : some.all())
            device.ask_all_again(station);
    }
    void expect_all_in_order() {
        expect_intents_so_far();
        EXPECT_TRUE(
            holds_within(std::chrono::seconds(15), [&] { return ledger.unsettled() == 0; }));
        EXPECT_TRUE(holds_within(std::chrono::seconds(15),
                                 [&] { return ledger.burnt_and_not_listed() == 0; }));
        ledger.expect_recorded(devices.all());
        ledger.expect_settled_ones_whole();
        ledger.expect_each_serial_once();
        std::cout << devices.finished() << " devices, " << looked_at << " signatures, "
                  << ledger.burnt() << " intents burnt" << std::endl;
    }

    /// What the server says of its own failures; nobody outside is told.
    static void print_faults(const ServerProcess& server) {
        std::istringstream log(server.log());
        for (std::string line; std::getline(log, line);)
            if (line.find(R"("level":"error")") != std::string::npos) std::cout << line << '\n';
    }

    const unsigned seed = chosen_seed();
    std::mt19937 chance{seed};
    const Groundwork& ground = Groundwork::laid();
    TempDir folder;
    Factory factory;
    Ledger ledger{factory.conninfo()};
    Devices devices;
    std::size_t looked_at = 0;
};

}  // namespace hallmark::testing
