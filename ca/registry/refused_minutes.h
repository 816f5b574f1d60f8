// Refused approvals past the number that is recorded singly: counted for each operator and minute,
// until one summary tells of them. Thread-safe.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "ca/domain/ids.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

namespace hallmark {

class RefusedMinutes {
public:
    struct Minute {
        OperatorId by;
        Instant begun;
        std::uint64_t count = 0;
        Digest digest{};  ///< SHA-256 over the one before and what was refused.
    };

    void count(const OperatorId& by, const Digest& refused, Instant now);
    /// Those that began at `until` or before, taken out.
    [[nodiscard]] std::vector<Minute> take(Instant until);

private:
    std::mutex mutex_;
    std::map<OperatorId, Minute> minutes_;  ///< Callers are pinned operators: bounded.
};

}  // namespace hallmark
