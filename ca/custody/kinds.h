// Custody's rows in the table of proposals' kinds: what was held comes back by two people.
#pragma once

#include "ca/custody/custody.h"
#include "ca/registry/proposals.h"

#include <vector>

namespace hallmark {

/// lot.release (of a held lot), element.unhold
[[nodiscard]] std::vector<ProposalKind> custody_kinds(CustodyService& custody);
/// budget.set, calendar.set, quarantine.lift
[[nodiscard]] std::vector<ProposalKind> budget_kinds();

}  // namespace hallmark
