// The last look before anything is reserved: the very bytes to be signed are read back by our
// strict reader and held against the grant and RFC 5280. A draft that fails is our bug, never the
// caller's: it throws.
#pragma once

#include "ca/domain/certificate.h"
#include "ca/issuance/issuing_keys.h"
#include "policy/grant.h"

namespace hallmark {

struct LintAgainst {
    const Grant& grant;
    const PublicKey& key;
    const IssuingKey& issuer;
};

/// Throws std::logic_error naming the first difference.
[[nodiscard]] LintedDraft lint(Draft draft, const LintAgainst& against);

}  // namespace hallmark
