// The findings of `policy check`, gathered by subject. Within the room only; check_policy() calls
// them all.
#pragma once

#include "policy/model.h"
#include "policy/policy.h"

namespace hallmark {

class PolicyFindings {
public:
    explicit PolicyFindings(const PolicyModel& model) : model_(model) {}
    /// The line is that of `path`, or of the nearest thing around it that was written.
    void add(std::string path, std::string text);
    [[nodiscard]] std::vector<PolicyFinding> take();

private:
    const PolicyModel& model_;
    std::vector<PolicyFinding> found_;
};

void check_acceptance(const PolicyModel& model, PolicyFindings& findings);
void check_identity(const PolicyModel& model, PolicyFindings& findings);
void check_names(const PolicyModel& model, PolicyFindings& findings);
void check_extensions(const PolicyModel& model, PolicyFindings& findings);
void check_matter(const PolicyModel& model, PolicyFindings& findings);

/// Longest text that the pattern can become.
[[nodiscard]] std::size_t longest(const NameTemplate& pattern, const IdentityRule& identity);

}  // namespace hallmark
