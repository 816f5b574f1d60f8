// A factory to be measured: durable PostgreSQL, the server as a process of its own, stations by the
// dozen and elements by the ten thousand, and the processes' own clocks.
#pragma once

#include "tests/bench/processes.h"
#include "tests/crash/factory.h"
#include "tests/crash/server_process.h"

#include <memory>
#include <string>
#include <vector>

#include <boost/json.hpp>

namespace hallmark::testing {

/// What `hallmark-station load` is told.
struct LoadWanted {
    std::size_t concurrency = 1;
    double rate = 0;  ///< Devices a second; 0: as fast as it can.
    double seconds = 4;
    bool fresh_handshakes = false;
    std::size_t lots = 1;             ///< That the elements come in, one after the other.
    std::vector<std::string> before;  ///< Words before the program's.
};

/// What came of it.
struct LoadDone {
    std::size_t issued = 0;
    double seconds = 1;  ///< Until the oracle's queue was empty.
    double p50_ms = 0, p99_ms = 0;
    std::size_t put_off = 0;
    double put_off_p99_ms = 0;
    std::size_t not_begun = 0;  ///< Due, but no connection was free.
    double batch = 0;           ///< Entries in a commit of the server's, on average.
    std::string others;         ///< Any answer that is neither, by reason; empty: there was none.
    Microseconds server{}, database{}, client{};  ///< CPU time that each spent.
    std::size_t resident_early_kib = 0;  ///< The server's, when a third of the time was over.
    std::size_t resident_kib = 0;        ///< The server's, at the end.

    /// CPU microseconds a device, by process.
    [[nodiscard]] std::string budget() const;
    [[nodiscard]] double rate() const { return static_cast<double>(issued) / seconds; }
};

class Plant {
public:
    static constexpr std::size_t most_stations = 64;

    /// `before` stands before the server's words.
    explicit Plant(std::vector<std::string> before = {});

    /// Throws where an answer was wrong or the elements ran out.
    LoadDone load(const LoadWanted& wanted, std::size_t elements);
    [[nodiscard]] ServerProcess& server() { return *server_; }

    /// CPU time of a server for one refusal at a full house: beside this one, with one seat that a
    /// waiting request holds, under the load that is wanted.
    Microseconds cost_of_refusal(const LoadWanted& wanted);

private:
    [[nodiscard]] std::string deliver(std::size_t count, std::size_t lots = 1);
    /// One on every layer that has a window: what the line pays for them is measured.
    void set_budgets() const;
    [[nodiscard]] std::vector<std::string> command(const LoadWanted& wanted, const std::string& url,
                                                   const std::string& elements) const;
    /// What the command printed; throws where an answer was wrong.
    [[nodiscard]] boost::json::value run_load(const std::vector<std::string>& words) const;
    void wait_for_oracle() const;
    /// Entries and commits so far.
    [[nodiscard]] std::pair<double, double> commits();
    [[nodiscard]] ServerProcess::Setting setting(const std::string& node, std::size_t seats) const;

    const Groundwork& ground_ = Groundwork::laid();
    TempDir folder_;
    Factory factory_;
    std::vector<Badge> stations_;
    std::vector<std::string> before_;
    std::unique_ptr<ServerProcess> server_;
    std::size_t deliveries_ = 0;
};

}  // namespace hallmark::testing
