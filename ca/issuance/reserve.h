// The durable intent: one commit that asks everything again, spends the challenge, claims the
// element, charges every budget and writes the bytes that may be signed.
#pragma once

#include "ca/domain/certificate.h"
#include "db/group_commit.h"

namespace hallmark {

/// The draft's serial and TBS are filled in here. Reasons: those of Intents::reserve. A refusal
/// leaves nothing behind.
[[nodiscard]] Result<Reservation> reserve(GroupCommit::Way& way, LintedDraft draft,
                                          IntentEntry order);

}  // namespace hallmark
