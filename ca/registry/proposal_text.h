// What proposing and approving share: how a proposal's text is taken apart, and who may what. For
// the .cpp files of this room alone.
#pragma once

#include "ca/json/json.h"
#include "ca/registry/proposals.h"

#include <string>
#include <vector>

namespace hallmark {

inline constexpr JsonLimits text_limits{
    .octets = std::size_t{4} * 1024 * 1024, .depth = 16, .members = 100'000};
inline constexpr std::size_t longest_why = 1024;

[[nodiscard]] Refusal proposal_refused(Reason reason, const std::string& why);
/// An administrator may whatever anybody may.
[[nodiscard]] bool may(const std::vector<Role>& has, const std::vector<Role>& wanted);
[[nodiscard]] std::string actor_of(const OperatorId& id);
/// Throws Fault: the database compares text and digest, so a text that is no object is a fault.
[[nodiscard]] Proposal taken_apart(StoredProposal row);
/// How many acts about each of these are on record.
[[nodiscard]] boost::json::object versions_of(Tx& tx, const std::vector<std::string>& subjects);

}  // namespace hallmark
