// Whether this node's clock can be believed. A certificate says when it begins, a challenge when it
// ends, evidence is judged as of now: with a wrong clock none of that holds, and nobody could tell
// afterwards. Refuses to correct anything; it only says no.
#pragma once

#include "ca/domain/clock.h"
#include "ca/domain/result.h"
#include "db/database.h"

#include <chrono>
#include <mutex>
#include <string>

namespace hallmark {

class ClockWatch {
public:
    struct Bounds {
        /// Behind the latest time that was believed, of this node's clock or the database's.
        std::chrono::microseconds step_back{std::chrono::seconds(5)};
        /// Between this node's clock and the database's, beyond what the question itself took.
        std::chrono::microseconds disagreement{std::chrono::seconds(2)};
    };

    /// Believes nothing before the first look(). `clock` outlives it.
    ClockWatch(Database& database, const Clock& clock, Bounds bounds)
        : database_(database), clock_(clock), bounds_(bounds) {}

    /// Holds the two clocks against each other; its loop does so each second. True where they may
    /// be believed. A clock that was set back is believed again once it has passed the latest time
    /// that was believed before.
    bool look();
    /// Reads this node's clock once. Reason: unavailable, the detail says which clock and by how
    /// much.
    [[nodiscard]] Result<Done> check();
    /// Of the latest look; this node's clock ahead is positive.
    [[nodiscard]] std::chrono::duration<double> disagreement() const;

private:
    [[nodiscard]] std::string objection(std::chrono::microseconds database_behind) const;

    Database& database_;
    const Clock& clock_;
    const Bounds bounds_;
    mutable std::mutex mutex_;
    std::string objection_ = "clock: not yet compared with the database's";
    Instant latest_{};  ///< That was believed, of this node's clock.
    std::chrono::microseconds ahead_{0};
};

}  // namespace hallmark
