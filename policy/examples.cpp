#include "policy/model.h"
#include "policy/policy.h"

namespace hallmark {
namespace {

std::string joined(const std::vector<std::string>& parts) {
    std::string out;
    for (const std::string& part : parts)
        out += (out.empty() ? "" : ", ") + part;
    return out;
}

std::string differs(std::string_view what, std::string_view expected, std::string_view got) {
    return std::string(what) + ": expected " + std::string(expected) + ", got " + std::string(got);
}

/// Empty where the grant is as expected. Reads the DER that would be signed, not what it was made
/// from.
std::string difference(const PolicyExample& example, const Grant& grant) {
    if (example.device && *example.device != grant.device.get()) {
        return differs("device", *example.device, grant.device.get());
    }
    const auto subject = describe_name(grant.subject);
    if (!example.subject.empty() && example.subject != subject) {
        return differs("subject", joined(example.subject), joined(subject));
    }
    std::vector<std::string> names;
    for (const Bytes& name : grant.subject_alt_names)
        names.push_back(describe_alternative_name(name));
    if (!example.subject_alt_names.empty() && example.subject_alt_names != names) {
        return differs("subject_alt_names", joined(example.subject_alt_names), joined(names));
    }
    if (example.not_before && *example.not_before != grant.not_before) {
        return differs("not_before", to_rfc3339(*example.not_before), to_rfc3339(grant.not_before));
    }
    if (example.not_after && *example.not_after != grant.not_after) {
        return differs("not_after", to_rfc3339(*example.not_after), to_rfc3339(grant.not_after));
    }
    return {};
}

ExampleOutcome run(const Policy& policy, const PolicyExample& example) {
    const auto answer = decide(policy, example.request);
    if (answer && example.refused) {
        return {example.name, false,
                differs("answer", "refused by " + *example.refused, "granted")};
    }
    if (answer) {
        const std::string why = difference(example, *answer);
        return {example.name, why.empty(), why.empty() ? "granted " + answer->device.get() : why};
    }
    const std::string& detail = answer.error().detail;
    const std::string rule = detail.substr(0, detail.find(':'));
    if (!example.refused)
        return {example.name, false, differs("answer", "granted", "refused, " + detail)};
    return {example.name, rule == *example.refused,
            rule == *example.refused ? "refused, " + detail
                                     : differs("refusal", *example.refused, detail)};
}

}  // namespace

std::vector<ExampleOutcome> run_examples(const Policy& policy) {
    std::vector<ExampleOutcome> outcomes;
    for (const PolicyExample& example : policy.model().examples)
        outcomes.push_back(run(policy, example));
    return outcomes;
}

}  // namespace hallmark
