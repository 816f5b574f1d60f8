// Digests, MACs, random bytes and constant-time comparison over OpenSSL's EVP interface.
#pragma once

#include "ca/domain/bytes.h"

namespace hallmark {

enum class HashAlgorithm { sha1, sha256, sha384, sha512 };

/// Octets of a digest: 20, 32, 48, 64.
[[nodiscard]] std::size_t digest_size(HashAlgorithm algorithm) noexcept;
[[nodiscard]] Digest sha256(ByteView message);
[[nodiscard]] Bytes hash(HashAlgorithm algorithm, ByteView message);
/// RFC 2104.
[[nodiscard]] Bytes hmac(HashAlgorithm algorithm, ByteView key, ByteView message);
/// From OpenSSL's private generator; throws Fault rather than return less.
[[nodiscard]] Bytes random_bytes(std::size_t count);
/// A version 4 UUID (RFC 9562 section 5.4), lower case.
[[nodiscard]] std::string random_uuid();
/// Takes the same time for equal and unequal contents of one length.
[[nodiscard]] bool equal_constant_time(ByteView left, ByteView right) noexcept;

}  // namespace hallmark
