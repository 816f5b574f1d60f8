// The gate between issuing and whatever takes the right to issue away. A row that many lock FOR
// SHARE, one after another without a pause, is never free for the UPDATE that would suspend it; the
// queue at the gate is fair.
#pragma once

#include "db/database.h"

namespace hallmark {

/// For reserve and record: many at once, until the transaction ends. Waits for those who closed it,
/// or want to.
void pass_gate(Tx& tx);

/// For suspending, resuming, holding: alone, until the transaction ends. Taken before any row is
/// locked.
void close_gate(Tx& tx);

}  // namespace hallmark
