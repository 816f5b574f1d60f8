// Models of elements, or one firmware of them, that get nothing more.
#pragma once

#include "ca/domain/clock.h"
#include "ca/domain/ids.h"
#include "db/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

struct QuarantineRow {
    std::int64_t number = 0;
    VendorId vendor;
    std::string model;
    std::string firmware;  ///< Empty: whatever it is.
    std::string cause;
    std::string actor;
    Instant at;
    bool lifted = false;
};

/// What was issued to elements of a model that is in quarantine.
struct TouchedCredential {
    std::string serial;  ///< Hexadecimal.
    DeviceId device;
    ElementId element;
    LotId lot;
    std::string state;
    Instant reserved_at;
};

class Quarantines {
public:
    explicit Quarantines(Tx& tx) : tx_(tx) {}

    /// Waits for what is being reserved, so that nothing is issued once this commits. The number,
    /// or nothing where it is in quarantine already.
    [[nodiscard]] std::optional<std::int64_t> begin(const QuarantineRow& row);
    [[nodiscard]] std::optional<QuarantineRow> find(std::int64_t number);
    /// False when it was lifted before, or is unknown.
    [[nodiscard]] bool lift(std::int64_t number, std::string_view actor, Instant at);
    /// Those that stand, in order of their numbers.
    [[nodiscard]] std::vector<QuarantineRow> standing();
    /// In order of their serials, those after `after` (hexadecimal, empty: from the first).
    [[nodiscard]] std::vector<TouchedCredential> touched(const QuarantineRow& row,
                                                         const std::string& after,
                                                         std::size_t limit);

private:
    Tx& tx_;
};

}  // namespace hallmark
