// A bounded load on the factory door: many elements through challenge and attested issuance, each
// answer checked, everything counted. Open loop where a rate is given: a device's time runs from
// when it was due, so that a server that falls behind cannot hide it.
#pragma once

#include "ca/domain/clock.h"
#include "server/client/client.h"
#include "station/element.h"

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace hallmark {

struct LoadPlan {
    std::vector<ClientOptions> stations;  ///< The connections take them in turn.
    std::string product;
    std::vector<Bytes> roots;     ///< DER; what is issued must chain to one of them.
    std::size_t concurrency = 1;  ///< Connections, each with one request at a time.
    double rate = 0;              ///< Devices a second; 0: one after the other on each connection.
    std::chrono::milliseconds time{10'000};  ///< Nothing is begun after it.
    bool fresh_handshakes = false;           ///< Each device comes over a connection of its own.
};

/// Times in microseconds, sorted.
using Times = std::vector<std::uint32_t>;
/// The time that this share of them, 0 to 1, does not exceed; 0 of none.
[[nodiscard]] std::uint32_t percentile(const Times& sorted, double share);

struct LoadReport {
    double seconds = 0;      ///< From the first device's begin to the last answer.
    double cpu_seconds = 0;  ///< What this process spent in that time, over all cores.
    std::size_t issued = 0;
    std::size_t put_off = 0;  ///< 503 with Retry-After: the same device comes again.
    std::map<std::string, std::size_t> refused;  ///< By reason.
    std::size_t unanswered = 0;                  ///< Broken off or too slow.
    std::map<std::string, std::size_t> wrong;    ///< Answers that no station could use.
    std::size_t not_begun = 0;          ///< Due before the end, but no connection was free.
    bool ran_out = false;               ///< The elements were used up before the time.
    Times challenge, issuance, device;  ///< Of what was issued.
    Times put_off_times;                ///< Until a 503 was there, from its request.
};

/// Each element is used for one certificate; what a 503 put off is sent again as it was. They must
/// have their leaf keys. Throws Fault where no connection could be begun at all.
[[nodiscard]] LoadReport run_load(const LoadPlan& plan,
                                  std::vector<std::unique_ptr<SecureElement>> elements,
                                  const Clock& clock);

}  // namespace hallmark
