// Break-glass: one operator's power to have their own proposals applied, for an hour at most, when
// no second person is to be had. It is loud from its opening until two people close it with a
// written finding; its power ends by itself before that.
#pragma once

#include "ca/domain/caller.h"
#include "ca/domain/clock.h"
#include "ca/domain/result.h"
#include "db/proposals.h"

#include <chrono>
#include <optional>
#include <string>

namespace hallmark {

class BreakGlass {
public:
    static constexpr std::chrono::seconds longest{3600};

    explicit BreakGlass(Database& database) : database_(database) {}

    /// Needs the role security_officer or administrator. Reasons: forbidden, malformed_request
    /// (reason empty or over 1024 octets; not 60 s to an hour), conflict (one is open).
    [[nodiscard]] Result<StoredBreakGlass> open(const Operator& by, const std::string& reason,
                                                std::chrono::seconds lasting, Instant now);
    /// The one that two people have not closed yet, its power over or not.
    [[nodiscard]] std::optional<StoredBreakGlass> open_one();

private:
    Database& database_;
};

}  // namespace hallmark
