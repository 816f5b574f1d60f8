#include "server/proposal_kinds.h"

#include "ca/custody/kinds.h"
#include "ca/lifecycle/bulk_retirement.h"
#include "ca/registry/kinds.h"

namespace hallmark {

std::vector<ProposalKind> proposal_kinds(Registry& registry, CustodyService& custody) {
    std::vector<ProposalKind> kinds{break_glass_kind(), bulk_retirement_kind()};
    for (auto& some : {operator_kinds(registry), station_kinds(registry), trust_kinds(registry),
                       custody_kinds(custody), budget_kinds()})
        kinds.insert(kinds.end(), some.begin(), some.end());
    return kinds;
}

}  // namespace hallmark
