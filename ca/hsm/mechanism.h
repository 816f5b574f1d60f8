// From "sign this message with this algorithm" to what the token is asked, and back: hashing is
// ours, so that no token needs a mechanism beyond CKM_ECDSA, CKM_RSA_PKCS and CKM_RSA_PKCS_PSS.
#pragma once

#include "ca/crypto/keys.h"
#include "ca/hsm/cryptoki.h"

namespace hallmark {

/// Stays where it is made: `mechanism` may point to `pss`.
class SigningInput {
public:
    /// Throws HsmFault (permanent) when key and algorithm do not go together or the algorithm is
    /// weak.
    SigningInput(const SigningKey& key, ByteView message);
    SigningInput(const SigningInput&) = delete;
    SigningInput& operator=(const SigningInput&) = delete;

    [[nodiscard]] CK_MECHANISM mechanism() const noexcept { return mechanism_; }
    [[nodiscard]] const Bytes& input() const noexcept { return input_; }
    /// The token's answer in the form that X.509 wants: DER Ecdsa-Sig-Value, or the RSA octets as
    /// they are. Throws HsmFault when its length is not the key's.
    [[nodiscard]] Bytes signature_from(Bytes answer) const;

private:
    CK_MECHANISM mechanism_{};
    CK_RSA_PKCS_PSS_PARAMS pss_{};
    Bytes input_;
    bool ec_ = false;
    std::size_t answer_octets_ = 0;
};

/// Whether a key of this kind signs with this algorithm here.
[[nodiscard]] bool go_together(KeyAlgorithm key, SignatureAlgorithm algorithm) noexcept;

}  // namespace hallmark
