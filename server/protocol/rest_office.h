// The office door's registry: vendors, policies, intermediates and stations. A thin decode and
// encode pair over ca/registry; every act is an operator's, by name.
#pragma once

#include "ca/custody/custody.h"
#include "ca/custody/hand_overs.h"
#include "ca/custody/ledger.h"
#include "ca/lifecycle/retire.h"
#include "server/protocol/front.h"

#include <vector>

namespace hallmark {

struct OfficeDoor {
    Front front;
    CustodyService& custody;
    RetirementService& retirement;
    /// Makes the lists of this intermediate anew soon; called after a retirement.
    std::function<void(const IntermediateId&)> lists_changed;
    HandOverService& hand_overs;
    LedgerService& ledger;
    /// A report as a JWS of this type, by the key of results.
    std::function<Result<std::string>(std::string_view type, std::string_view payload)> sign_report;
};

/// Vendors, policies, intermediates, stations. `door` must outlive the routes.
[[nodiscard]] std::vector<Route> registry_routes(const OfficeDoor& door);
/// Manifests, lots, elements (rest_custody.cpp).
[[nodiscard]] std::vector<Route> custody_routes(const OfficeDoor& door);
/// Hand-overs, counts and reports (rest_ledger.cpp).
[[nodiscard]] std::vector<Route> ledger_routes(const OfficeDoor& door);
/// Endings (rest_custody.cpp).
[[nodiscard]] std::vector<Route> ending_routes(const OfficeDoor& door);

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
