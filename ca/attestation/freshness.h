// How evidence shows that it was made for this challenge: it carries the nonce, or, where its
// format has no room for one, the request does, which the attested key signs. Within this room
// only.
#pragma once

#include "ca/attestation/verifier.h"

namespace hallmark {

/// For a format that carries a nonce. "nonce", or "unchecked" where none was asked for. Reason:
/// evidence_not_accepted, detail "nonce: ...".
[[nodiscard]] Result<std::string> check_nonce(ByteView carried, const Expected& expected);

/// For a format that carries none: base64 of the nonce in the request's challengePassword (RFC 2985
/// 5.4.1). Proves something only where the attested key is the request's, which check_key asks.
/// "csr", or "unchecked".
[[nodiscard]] Result<std::string> check_nonce_of_request(const Expected& expected);

/// The attested key is the one that was expected, where one was. Detail "key: ...".
[[nodiscard]] Result<Done> check_key(ByteView attested_spki, const Expected& expected);

}  // namespace hallmark
