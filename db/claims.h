// What an intent claims for good: its challenge, device, element, key, names, limits and serial.
// For the .cpp files of this room alone.
#pragma once

#include "db/intents.h"

namespace hallmark {

using IntentRows = std::vector<const IntentEntry*>;

/// Whose claim it was that failed is known of a batch of one alone.
[[nodiscard]] inline Result<Done> all_or(std::size_t done, std::size_t wanted, std::size_t entries,
                                         Refusal refusal) {
    if (done == wanted) return Done{};
    if (entries > 1) throw BatchSpoiled("batch: " + refusal.detail);
    return refusal;
}

/// Writes all of it for every entry. Where a claim is already another's: a refusal for a batch of
/// one, BatchSpoiled for more; in both cases the transaction must be rolled back.
[[nodiscard]] Result<Done> write_claims(Tx& tx, const IntentRows& entries);
/// Its part that charges every limit of every entry. Reason: limited. LimitsSpoiled for more than
/// one.
[[nodiscard]] Result<Done> charge_limits(Tx& tx, const IntentRows& entries);
/// Which of them, in their order, no longer fit into what is left of the limits, which stay locked
/// as they are. Reason: limited.
[[nodiscard]] std::vector<std::optional<Refusal>> fit_limits(Tx& tx, const IntentRows& entries);

}  // namespace hallmark
