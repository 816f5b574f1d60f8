#include "ca/registry/proposal_text.h"

#include <algorithm>

namespace hallmark {

namespace json = boost::json;

Refusal proposal_refused(Reason reason, const std::string& why) {
    return Refusal{reason, "proposal: " + why};
}

bool may(const std::vector<Role>& has, const std::vector<Role>& wanted) {
    return std::any_of(has.begin(), has.end(), [&](Role role) {
        return role == Role::administrator ||
               std::find(wanted.begin(), wanted.end(), role) != wanted.end();
    });
}

std::string actor_of(const OperatorId& id) {
    return "operator/" + id.get();
}

Proposal taken_apart(StoredProposal row) {
    auto text = parse_json(row.canonical, text_limits);
    if (!text || !text->is_object()) throw Fault("stored proposal " + row.id + " is no object");
    return {.row = std::move(row), .text = std::move(text->as_object())};
}

json::object versions_of(Tx& tx, const std::vector<std::string>& subjects) {
    json::object versions;
    for (const std::string& subject : subjects)
        versions[subject] = static_cast<std::int64_t>(Proposals(tx).acts_about(subject));
    return versions;
}

}  // namespace hallmark
