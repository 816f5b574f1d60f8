// What the commands of dual control ask of the office door. PEM files are read here; a file that
// cannot be read throws Fault.
#pragma once

#include "server/office_commands.h"

#include <string>
#include <utility>
#include <vector>

namespace hallmark {

[[nodiscard]] OfficeRequest list_proposals(
    const std::vector<std::pair<std::string, std::string>>& filters);
[[nodiscard]] OfficeRequest reject_proposal(const std::string& id, const std::string& why);

struct OperatorAddition {
    std::string id, name;
    std::vector<std::string> roles;
    std::string certificate, proof;  ///< Files.
};
[[nodiscard]] OfficeRequest add_operator(const OperatorAddition& person);
[[nodiscard]] OfficeRequest rekey_operator(const OperatorAddition& person);
[[nodiscard]] OfficeRequest change_roles(const OperatorAddition& person);

/// `lasting`: a number and s, m or h. Throws Fault where it is none.
[[nodiscard]] OfficeRequest open_break_glass(const std::string& reason, const std::string& lasting);
[[nodiscard]] OfficeRequest close_break_glass(const std::string& finding);

struct BulkRevocation {
    std::string station, lot, product, from, to;
    bool preview = false;
    std::string reason, list_sha256;
};
/// The preview, or the proposal; throws Fault where reason or digest of the latter is missing.
[[nodiscard]] OfficeRequest revoke_many(const BulkRevocation& order);

}  // namespace hallmark
