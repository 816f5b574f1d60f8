// The office door's registry: vendors, policies, intermediates and stations. A thin decode and
// encode pair over ca/registry; every act is an operator's, by name, and what gives authority is
// proposed and not done (rest_proposals.h).
#pragma once

#include "ca/custody/budgets.h"
#include "ca/custody/custody.h"
#include "ca/custody/hand_overs.h"
#include "ca/custody/imports.h"
#include "ca/custody/ledger.h"
#include "ca/custody/quarantine.h"
#include "ca/lifecycle/bulk_retirement.h"
#include "ca/lifecycle/retire.h"
#include "ca/registry/break_glass.h"
#include "ca/registry/proposals.h"
#include "server/http/spool.h"
#include "server/protocol/front.h"

#include <vector>

namespace hallmark {

struct OfficeDoor {
    Front front;
    CustodyService& custody;
    RetirementService& retirement;
    BudgetService& budgets;
    QuarantineService& quarantines;
    ProposalService& proposals;
    BreakGlass& break_glass;
    BulkRetirement& bulk_retirement;
    Imports& imports;
    Spool& spool;  ///< Where manifests wait for their import.
    /// Makes the lists of this intermediate anew soon; called after a retirement.
    std::function<void(const IntermediateId&)> lists_changed;
    /// A proposal of this kind was applied. May be empty.
    std::function<void(std::string_view kind)> applied = {};
    HandOverService& hand_overs;
    LedgerService& ledger;
    /// A report as a JWS of this type, by the key of results.
    std::function<Result<std::string>(std::string_view type, std::string_view payload)> sign_report;
};

/// Vendors, policies, intermediates, stations. `door` must outlive the routes.
[[nodiscard]] std::vector<Route> registry_routes(const OfficeDoor& door);
/// Manifests and the jobs that import them (rest_imports.cpp).
[[nodiscard]] std::vector<Route> import_routes(const OfficeDoor& door);
/// Lots, elements (rest_custody.cpp).
[[nodiscard]] std::vector<Route> custody_routes(const OfficeDoor& door);
/// Hand-overs, counts and reports (rest_ledger.cpp).
[[nodiscard]] std::vector<Route> ledger_routes(const OfficeDoor& door);
/// Endings (rest_custody.cpp).
[[nodiscard]] std::vector<Route> ending_routes(const OfficeDoor& door);

/// Budgets and quarantine (rest_budgets.cpp).
[[nodiscard]] std::vector<Route> budget_routes(const OfficeDoor& door);

/// A handler of the office door that writes: it is given the operator, and its refusals leave by
/// one way.
using OfficeAct = Result<HttpAnswer> (*)(const OfficeDoor&, const Operator&, const HttpRequest&);
/// An administrator may, and whoever has one of the roles.
[[nodiscard]] Handler office_write(const OfficeDoor& door, std::vector<Role> roles, OfficeAct act);
/// The same question before a large body is read: TLS lets any certificate in, so whoever is nobody
/// here could else fill the memory.
[[nodiscard]] Gate office_gate(const OfficeDoor& door, std::vector<Role> roles);
[[nodiscard]] Handler office_read(const OfficeDoor& door, OfficeAct act);

}  // namespace hallmark
