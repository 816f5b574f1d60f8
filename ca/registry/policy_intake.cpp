#include "ca/registry/policy_intake.h"

namespace hallmark {

Result<Policy> take_policy(std::string_view toml) {
    HALLMARK_TRY(policy, parse_policy(toml));
    const auto findings = check_policy(policy);
    if (!findings.empty()) {
        const PolicyFinding& first = findings.front();
        return Refusal{Reason::invalid_document, "line " + std::to_string(first.line) + ": " +
                                                     first.path + ": " + first.text};
    }
    for (const ExampleOutcome& example : run_examples(policy)) {
        if (!example.passed) {
            return Refusal{Reason::invalid_document,
                           "example " + example.name + ": " + example.explanation};
        }
    }
    return std::move(policy);
}

}  // namespace hallmark
