// TPM2_MakeCredential in software (TPM 2.0 Library Part 1, 24 "Credential Protection"): a secret
// that only the TPM holding this EK gives up, and only for the object with this Name. Refuses to
// open one.
#pragma once

#include "ca/crypto/keys.h"
#include "ca/domain/bytes.h"

namespace hallmark {

struct TpmCredential {
    Bytes blob;    ///< TPM2B_ID_OBJECT
    Bytes secret;  ///< TPM2B_ENCRYPTED_SECRET
};

struct CredentialRequest {
    const PublicKey& ek;
    ByteView ak_name;  ///< nameAlg || digest
    ByteView secret;   ///< At most as long as the EK's digest; std::logic_error otherwise.
};
/// nameAlg and symmetric key of the EK are those that the TCG EK Credential Profile's templates go
/// with: SHA-256 and AES-128 for RSA-2048 and P-256, SHA-384 and AES-256 for P-384, RSA-3072 and
/// RSA-4096.
[[nodiscard]] TpmCredential make_credential(const CredentialRequest& request);

struct KdfaInput {
    HashAlgorithm hash{};
    ByteView key;
    std::string_view label;
    ByteView context_u;
    ByteView context_v;
    std::size_t octets = 0;
};
/// Part 1, 11.4.10.2: SP 800-108 in counter mode over HMAC.
[[nodiscard]] Bytes kdfa(const KdfaInput& input);

struct KdfeInput {
    HashAlgorithm hash{};
    ByteView shared_x;
    std::string_view label;
    ByteView party_u;
    ByteView party_v;
    std::size_t octets = 0;
};
/// Part 1, 11.4.10.3: SP 800-56A's concatenation KDF.
[[nodiscard]] Bytes kdfe(const KdfeInput& input);

}  // namespace hallmark
