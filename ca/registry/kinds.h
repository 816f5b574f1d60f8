// The registry's rows in the table of proposals' kinds. What each change reads like stands in
// docs/openapi.yaml under the route that proposes it.
#pragma once

#include "ca/registry/proposals.h"
#include "ca/registry/registry.h"

#include <vector>

namespace hallmark {

/// station.enrol, station.resume
[[nodiscard]] std::vector<ProposalKind> station_kinds(Registry& registry);
/// vendor.pin, policy.apply, intermediate.add, intermediate.resume
[[nodiscard]] std::vector<ProposalKind> trust_kinds(Registry& registry);
/// operator.add, operator.rekey, operator.roles, operator.resume
[[nodiscard]] std::vector<ProposalKind> operator_kinds(Registry& registry);
/// break_glass.close
[[nodiscard]] ProposalKind break_glass_kind();

}  // namespace hallmark
