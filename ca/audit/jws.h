// Tokens signed with ES256 and the keys to verify them by: JWS compact serialization (RFC 7515),
// JWK Sets (RFC 7517), thumbprints (RFC 7638). Writes only, and P-256 only; signs nothing itself.
#pragma once

#include "ca/crypto/keys.h"

#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

/// The name by which a token's header and the key set mean the same key: the SHA-256 thumbprint.
[[nodiscard]] std::string key_name(const PublicKey& p256);

/// What is signed: header, a dot, payload. The header names ES256, the key, and what it is: a
/// result, unless `type` (RFC 7515 4.1.9) says otherwise.
[[nodiscard]] std::string jws_signing_input(const PublicKey& p256, std::string_view payload,
                                            std::string_view type = "eat+jwt");
/// With a signature as the token makes it, DER Ecdsa-Sig-Value. Throws Fault when it does not
/// verify: the token might have signed with another key, or a fault might have bent a bit.
[[nodiscard]] std::string jws_compact(const PublicKey& p256, std::string_view signing_input,
                                      ByteView signature);

[[nodiscard]] std::string jwk_set(const std::vector<PublicKey>& p256);

}  // namespace hallmark
