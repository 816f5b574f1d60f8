// What is common to the certificates that makers give to the keys that their elements are born
// with. Within this room only.
#pragma once

#include "ca/attestation/verifier.h"

namespace hallmark {

/// The first certificate of the chain, up to a pinned root: no authority's, and for signatures
/// where it says what it is for. Elements keep them short, so no key identifier of the issuer is
/// asked for. Detail "chain: ..." or "certificate: ...".
[[nodiscard]] Result<ValidatedChain> validated_element(const std::vector<Bytes>& chain,
                                                       const VendorPin& pin,
                                                       const ChainValidator& chains, Instant now);

}  // namespace hallmark
