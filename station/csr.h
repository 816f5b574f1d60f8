// A PKCS#10 request (RFC 2986) that carries a key, the proof that its private half is there, and
// nothing else: a name asked for would be ignored anyway.
#pragma once

#include "ca/domain/bytes.h"

#include <functional>

namespace hallmark {

/// Signs by the key of `spki`: ECDSA with SHA-256, DER Ecdsa-Sig-Value.
using Sign = std::function<Bytes(ByteView message)>;

[[nodiscard]] Bytes make_csr(ByteView spki, const Sign& sign);

}  // namespace hallmark
