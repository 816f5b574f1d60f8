// The table of what two people decide. A kind is one row of its room's kinds.h; it becomes one
// here.
#pragma once

#include "ca/custody/custody.h"
#include "ca/registry/proposals.h"

#include <vector>

namespace hallmark {

[[nodiscard]] std::vector<ProposalKind> proposal_kinds(Registry& registry, CustodyService& custody);

}  // namespace hallmark
