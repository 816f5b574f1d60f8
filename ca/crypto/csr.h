// PKCS#10 (RFC 2986). Of a request only the key, the proof of possession and the one attribute that
// may carry a nonce are taken; its subject and requested extensions are never looked at again.
#pragma once

#include "ca/crypto/keys.h"
#include "ca/domain/result.h"

namespace hallmark {

struct CertificationRequest {
    PublicKey key;
    /// challengePassword (RFC 2985 5.4.1), where one stands in the request.
    std::optional<std::string> challenge_password;
    /// id-aa-attestation's single value DER, where it stands in the request.
    std::optional<Bytes> attestation;
    Digest sha256{};  ///< Of the DER as received.
};

/// Exactly one DER request of at most 16 KiB whose self-signature verifies (proof of possession)
/// with SHA-2; the key passes parse_public_key. Reason: csr_not_accepted.
[[nodiscard]] Result<CertificationRequest> parse_csr(ByteView der);

}  // namespace hallmark
