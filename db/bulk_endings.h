// Many active credentials ended in one commit: found by where they come from, listed exactly, and
// retired together or not at all.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "ca/domain/ids.h"
#include "db/database.h"

#include <optional>
#include <string>
#include <vector>

namespace hallmark {

/// All that are set must hold; the time is that of the certificate's record.
struct CredentialFilter {
    std::optional<std::string> station{};
    std::optional<std::string> lot{};
    std::optional<std::string> product{};
    std::optional<Instant> from{};   ///< Inclusive.
    std::optional<Instant> until{};  ///< Exclusive.
};

struct ActiveCredential {
    Serial serial;
    DeviceId device;
    ElementId element;
    StationId station;
    ProductId product;
    LotId lot;
    Digest policy{};
};

class BulkEndings {
public:
    explicit BulkEndings(Tx& tx) : tx_(tx) {}

    /// In order of their serials, at most so many.
    [[nodiscard]] std::vector<ActiveCredential> find(const CredentialFilter& filter,
                                                     std::size_t limit);
    struct Ending {
        std::string reason;
        std::string actor;
        bool ends_device = false;
    };
    /// active -> retired for each, with its ending row. How many there were to retire.
    [[nodiscard]] std::size_t retire(const std::vector<ActiveCredential>& credentials,
                                     const Ending& ending);

private:
    Tx& tx_;
};

}  // namespace hallmark
