// What every verifier asks of an evidence document before it looks inside: these members, in their
// form, within the limits, and nothing else. Within this room only.
#pragma once

#include "ca/domain/evidence.h"
#include "ca/domain/result.h"

#include <initializer_list>
#include <string_view>

namespace hallmark {

struct MemberRule {
    std::string_view name;
    bool is_list = false;
    bool needed = true;
};

/// No member but these, none twice, each in its form, together at most 64 KiB. Reason:
/// evidence_not_accepted, detail "member: ...".
[[nodiscard]] Result<Done> check_members(const Evidence& evidence,
                                         std::initializer_list<MemberRule> rules);

/// "word: what", the form of every verifier's details.
[[nodiscard]] Refusal evidence_refused(std::string_view word, std::string_view what);

}  // namespace hallmark
