// Epochs: whose an intent is. A node beats its own; a dead one never comes back.
#pragma once

#include "ca/domain/clock.h"
#include "db/database.h"

#include <cstdint>
#include <string>

namespace hallmark {

class Epochs {
public:
    explicit Epochs(Tx& tx) : tx_(tx) {}

    [[nodiscard]] std::int64_t begin(const std::string& node);
    /// False when the epoch is dead (no beat for ten seconds, by the database's clock).
    [[nodiscard]] bool beat(std::int64_t epoch);
    /// The database's clock, and how far it stands behind the latest beat that it ever timed: above
    /// zero where it was set back, whatever has restarted since.
    struct Clock {
        Instant now;
        std::chrono::microseconds behind{0};
    };
    [[nodiscard]] Clock clock();
    /// Lets the epoch go at once, on an orderly stop with nothing in flight.
    void end(std::int64_t epoch);

private:
    Tx& tx_;
};

}  // namespace hallmark
