// OpenSSL's digests by our names, for the files of this room alone.
#pragma once

#include "ca/crypto/hash.h"
#include "ca/crypto/openssl.h"

namespace hallmark {

/// Fetched once and kept: an implicit fetch a call costs more than a short digest.
[[nodiscard]] const EVP_MD* fetched(HashAlgorithm algorithm);

}  // namespace hallmark
