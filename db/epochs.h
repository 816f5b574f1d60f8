// Epochs: whose an intent is. A node beats its own; a dead one never comes back.
#pragma once

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
    /// Lets the epoch go at once, on an orderly stop with nothing in flight.
    void end(std::int64_t epoch);

private:
    Tx& tx_;
};

}  // namespace hallmark
