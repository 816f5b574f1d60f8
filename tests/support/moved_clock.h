// A clock that a test may move.
#pragma once

#include "ca/domain/clock.h"

#include <atomic>
#include <chrono>
#include <cstdint>

namespace hallmark::testing {

/// The machine's clock, and as far from it as a test wants.
class MovedClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override {
        return machine_.now() + std::chrono::microseconds(moved_.load());
    }
    void move(std::chrono::microseconds by) { moved_ += by.count(); }

private:
    SystemClock machine_;
    std::atomic<std::int64_t> moved_{0};
};

}  // namespace hallmark::testing
