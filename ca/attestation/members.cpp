#include "ca/attestation/members.h"

#include <algorithm>

namespace hallmark {
namespace {

constexpr std::size_t most_octets = 64 * 1024;

}  // namespace

Refusal evidence_refused(std::string_view word, std::string_view what) {
    return {Reason::evidence_not_accepted, std::string(word) + ": " + std::string(what)};
}

Result<Done> check_members(const Evidence& evidence, std::initializer_list<MemberRule> rules) {
    std::size_t octets = 0;
    for (const EvidenceMember& member : evidence.members) {
        const auto* rule = std::find_if(rules.begin(), rules.end(), [&](const MemberRule& known) {
            return known.name == member.name;
        });
        if (rule == rules.end()) return evidence_refused("member", "unknown: " + member.name);
        if (evidence.find(member.name) != &member)
            return evidence_refused("member", "twice: " + member.name);
        if (rule->is_list != member.is_list || member.values.empty()) {
            return evidence_refused("member", "in another form: " + member.name);
        }
        for (const Bytes& value : member.values)
            octets += value.size();
    }
    if (octets > most_octets) return evidence_refused("member", "more octets than the limit");
    for (const MemberRule& rule : rules) {
        if (rule.needed && !evidence.find(rule.name))
            return evidence_refused("member", "missing: " + std::string(rule.name));
    }
    return Done{};
}

}  // namespace hallmark
