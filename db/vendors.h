// Vendors' pins: which roots speak for a vendor in one format. A new version ends the one before
// it; none is changed.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "ca/domain/ids.h"
#include "db/database.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

struct StoredPin {
    VendorId vendor;
    std::string format;
    std::vector<std::string> exceptions;
    std::vector<Bytes> roots;
    std::vector<Bytes> intermediates;
};

class Vendors {
public:
    explicit Vendors(Tx& tx) : tx_(tx) {}

    /// Ends the pin in force for this vendor and format, if any, and puts this one in its place;
    /// answers its version.
    int pin(const StoredPin& pin, std::string_view actor, Instant at);
    /// The pin in force; empty when there is none.
    [[nodiscard]] std::optional<StoredPin> pin_of(const VendorId& vendor, std::string_view format);

private:
    Tx& tx_;
};

}  // namespace hallmark
