// The durable intent: one commit that asks everything again, spends the challenge, claims the
// element, charges every budget and writes the bytes that may be signed.
#pragma once

#include "ca/domain/certificate.h"
#include "db/credentials.h"

namespace hallmark {

struct ReserveOrder {
    Reserving row;    ///< Serial and TBS are filled in from the draft.
    Bytes challenge;  ///< Spent in the same commit.
};

/// Reasons: those of Credentials::reserve, and challenge_not_accepted. A refusal leaves nothing
/// behind.
[[nodiscard]] Result<Reservation> reserve(Database& database, LintedDraft draft,
                                          ReserveOrder order);

}  // namespace hallmark
