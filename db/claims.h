// What an intent claims for good: its challenge, device, element, key, names, limits and serial.
// For the .cpp files of this room alone.
#pragma once

#include "db/intents.h"

namespace hallmark {

/// Writes all of it for every entry. Where a claim is already another's: a refusal for a batch of
/// one, BatchSpoiled for more; in both cases the transaction must be rolled back.
[[nodiscard]] Result<Done> write_claims(Tx& tx, const std::vector<const IntentEntry*>& entries);

}  // namespace hallmark
