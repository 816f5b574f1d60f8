// A product's policy: TOML in, an immutable version named by the SHA-256 of its canonical form, and
// one pure and total decision. Knows no database, no evidence format's bytes and no certificate
// encoder but DER.
#pragma once

#include "ca/domain/result.h"
#include "policy/grant.h"

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

struct PolicyModel;  // policy/model.h

/// One parsed version. Cheap to copy, immutable, thread-safe.
class Policy {
public:
    explicit Policy(std::shared_ptr<const PolicyModel> model);
    [[nodiscard]] const PolicyModel& model() const noexcept { return *model_; }
    [[nodiscard]] const ProductId& product() const noexcept;
    [[nodiscard]] const Digest& digest() const noexcept;
    /// Canonical text: what is digested, stored and parsed again.
    [[nodiscard]] const std::string& canonical() const noexcept;
    [[nodiscard]] const IntermediateId& intermediate() const noexcept;
    [[nodiscard]] const std::vector<VendorId>& vendors() const noexcept;
    [[nodiscard]] bool accepts_format(std::string_view format) const noexcept;
    /// True where the identity comes from the CA's own range: issuance allots a number first.
    [[nodiscard]] bool needs_range_number() const noexcept;

private:
    std::shared_ptr<const PolicyModel> model_;
};

/// A finding of `policy check`: what could never issue or could issue too much.
struct PolicyFinding {
    std::uint32_t line = 0;
    std::string path;  ///< TOML key path.
    std::string text;
};

/// Reads TOML or canonical text (canonical text is itself TOML). Unknown keys are refused. Reason:
/// invalid_document, detail "line N: key: why".
[[nodiscard]] Result<Policy> parse_policy(std::string_view text);
[[nodiscard]] std::vector<PolicyFinding> check_policy(const Policy& policy);

struct ExampleOutcome {
    std::string name;
    bool passed = false;
    std::string explanation;
};
/// Runs the examples that stand in the policy itself.
[[nodiscard]] std::vector<ExampleOutcome> run_examples(const Policy& policy);

/// Pure and total. Reason: policy_denied, with the rule in the detail.
[[nodiscard]] Result<Grant> decide(const Policy& policy, const RequestFacts& facts);

}  // namespace hallmark
