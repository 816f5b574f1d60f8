// The auditors' questions at the office door, read only.
#pragma once

#include "ca/audit/history.h"
#include "ca/issuance/results.h"
#include "ca/registry/break_glass.h"
#include "server/protocol/front.h"

#include <vector>

namespace hallmark {

struct AuditDoor {
    Front front;
    History& history;
    Results& results;
    BreakGlass& break_glass;  ///< Told with every answer while it is open.
};

[[nodiscard]] std::vector<Route> audit_routes(const AuditDoor& door);

}  // namespace hallmark
