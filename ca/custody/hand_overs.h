// The chains of hand-overs as they stand in the database: takes an entry from whoever may sign it,
// and says whether a lot's chain is whole. Changes no state of a lot or an element.
#pragma once

#include "ca/custody/hand_over.h"
#include "ca/domain/caller.h"
#include "ca/registry/registry.h"
#include "db/hand_overs.h"
#include "db/lots.h"

#include <vector>

namespace hallmark {

/// What outside parties' certificates are pinned for.
inline constexpr std::string_view hand_over_format = "hand-over";

/// Who brings an entry: an operator, and the certificate that the operator is enrolled with.
struct HandOverPoster {
    OperatorId id;
    Bytes certificate;  ///< DER
};

struct HandOverChain {
    std::vector<HandOverRow> entries;
    HandOverEnd end;  ///< What the next one must follow.
};

class HandOverService {
public:
    HandOverService(Database& database, Registry& registry)
        : database_(database), registry_(registry) {}

    /// Takes one entry. vendor and distributor: signed by a certificate that is pinned for the
    /// party in `from`; the others by the poster's own. Not from later than five minutes ahead.
    /// Whatever is refused leaves one "hand-over.refused" event with its cause. Reason:
    /// invalid_document, too_large, not_found, conflict.
    [[nodiscard]] Result<HandOverRow> post(const LotId& lot, std::string_view document,
                                           const HandOverPoster& by, Instant now);
    /// Reason: not_found.
    [[nodiscard]] Result<HandOverChain> of_lot(const LotId& lot);

private:
    [[nodiscard]] Result<Done> check_signer(const HandOverDocument& document,
                                            const HandOverPoster& by, Instant now);
    [[nodiscard]] Result<HandOverRow> take(const LotId& lot, std::string_view document,
                                           const HandOverPoster& by, Instant now);

    Database& database_;
    Registry& registry_;
    ChainValidator chains_;
};

/// The chain read again from the documents themselves, entry by entry. Reason: conflict, also where
/// a row says something else than its document.
[[nodiscard]] Result<HandOverEnd> chain_end(Tx& tx, const LotRow& lot);
/// Whole from the vendor's manifest to this site. Reason: conflict.
[[nodiscard]] Result<Done> check_handed_over(Tx& tx, const LotRow& lot, const SiteId& site);

}  // namespace hallmark
