// The office door's dual control: what a route proposes instead of doing, and how another operator
// approves it. A thin pair over ca/registry's proposals.
#pragma once

#include "server/protocol/rest_office.h"

#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

/// 202 with the proposal. Its change is the request's body, with these members of the path.
[[nodiscard]] Result<HttpAnswer> propose(const OfficeDoor& door, const Operator& by,
                                         const HttpRequest& request, std::string_view kind,
                                         const std::vector<std::string>& path_members = {});
/// The same as a handler. Who may propose stands in the kind's row.
[[nodiscard]] Handler office_propose(const OfficeDoor& door, std::string_view kind,
                                     std::vector<std::string> path_members = {});

/// /v1/proposals
[[nodiscard]] std::vector<Route> proposal_routes(const OfficeDoor& door);
/// /v1/operators, /v1/break-glass (rest_operators.cpp)
[[nodiscard]] std::vector<Route> operator_routes(const OfficeDoor& door);

/// /v1/revocations (rest_revocations.cpp)
[[nodiscard]] std::vector<Route> revocation_routes(const OfficeDoor& door);

/// As the answers list it; an array of none or one.
[[nodiscard]] boost::json::array encode_break_glass(const std::optional<StoredBreakGlass>& glass);

}  // namespace hallmark
