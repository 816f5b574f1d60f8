// Taking a policy document in: parsed, checked, its own examples run. What fails any of these never
// becomes a version.
#pragma once

#include "policy/policy.h"

namespace hallmark {

/// Reason: invalid_document; the first finding or failed example in the detail.
[[nodiscard]] Result<Policy> take_policy(std::string_view toml);

}  // namespace hallmark
