// Time as a value. Below main nobody reads a clock: an Instant comes in as an argument, or a Clock
// is handed over where time passes inside (leases, waits).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace hallmark {

/// UTC, microseconds since the epoch. Ends in the year 9999 by rule, not by representation.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;

/// RFC 5280 4.1.2.5: 99991231235959Z, a certificate without a well-defined expiration.
[[nodiscard]] Instant no_expiry();
[[nodiscard]] Instant floor_to_second(Instant instant);
[[nodiscard]] Instant floor_to_hour(Instant instant);

/// RFC 3339 in UTC: 2026-11-23T10:11:12Z, with six decimals where the microseconds are not zero.
[[nodiscard]] std::string to_rfc3339(Instant instant);
/// Takes RFC 3339 with `Z` or a numeric offset and at most six decimals; nullopt otherwise.
[[nodiscard]] std::optional<Instant> from_rfc3339(std::string_view text);

class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Instant now() const = 0;
};

/// The machine's own; made in main alone.
class SystemClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override;
};

}  // namespace hallmark
