// A PKCS#10 request (RFC 2986) that carries a key, the proof that its private half is there now,
// and nothing else: a name asked for would be ignored anyway.
#pragma once

#include "ca/domain/bytes.h"

#include <functional>
#include <vector>

namespace hallmark {

/// Signs by the key of `spki`: ECDSA with SHA-256, DER Ecdsa-Sig-Value.
using Sign = std::function<Bytes(ByteView message)>;

struct RequestContent {
    ByteView spki;
    /// Stands as base64 in challengePassword (RFC 2985 5.4.1): evidence of a format that carries
    /// none is bound by it, and to the others it does no harm.
    ByteView nonce;
    std::vector<Bytes> attributes = {};  ///< More Attributes, DER, as the element asks for them.
};
[[nodiscard]] Bytes make_csr(const RequestContent& content, const Sign& sign);
/// Without more attributes.
[[nodiscard]] Bytes make_csr(ByteView spki, ByteView nonce, const Sign& sign);

}  // namespace hallmark
