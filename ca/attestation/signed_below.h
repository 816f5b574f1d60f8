// A certificate that an element itself made below a judged chain: outside X.509's rules of paths,
// since the key above it is often no authority's by its own certificate. Within this room only.
#pragma once

#include "ca/crypto/chain.h"
#include "ca/domain/result.h"

#include <string_view>

namespace hallmark {

/// Named after and signed by the chain's own key, with an algorithm that is taken, no authority,
/// and without critical extensions but basicConstraints and keyUsage. When it is valid is the
/// caller's to ask. `word` begins the details ("slot: not signed by this key"). Reason:
/// evidence_not_accepted.
[[nodiscard]] Result<Certificate> signed_below(ByteView der, const ValidatedChain& above,
                                               std::string_view word);

}  // namespace hallmark
