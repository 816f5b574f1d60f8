// A lot's chain of hand-overs: documents as they were signed, one row each, for good. The trigger
// behind the insert takes the next entry alone.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "ca/domain/ids.h"
#include "db/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hallmark {

struct HandOverRow {
    LotId lot;
    std::uint32_t sequence = 0;
    std::string kind;
    std::string giver, taker;
    std::uint64_t units = 0;
    std::uint64_t stands = 0;  ///< What the lot comes to after it.
    std::optional<SiteId> site;
    Instant at;
    Digest previous{};
    Digest sha256{};
    Digest certificate_sha256{};
    std::string document;
    std::string posted_by;
    Instant posted_at;
};

/// What a lot's chain begins with.
struct ManifestSum {
    std::vector<Digest> manifests;
    std::uint64_t units = 0;
};

class HandOvers {
public:
    explicit HandOvers(Tx& tx) : tx_(tx) {}

    [[nodiscard]] ManifestSum origin_of(const LotId& lot);
    /// In their order.
    [[nodiscard]] std::vector<HandOverRow> of_lot(const LotId& lot);
    void insert(const HandOverRow& row);

    /// Notes these elements as given away by the entry; the first that is not in the lot in this
    /// state, or was given away before, in words for the record; nullopt when all are noted.
    [[nodiscard]] std::optional<std::string> give_away(const HandOverRow& row,
                                                       const std::vector<std::string>& unique_ids,
                                                       std::string_view state);

private:
    Tx& tx_;
};

}  // namespace hallmark
