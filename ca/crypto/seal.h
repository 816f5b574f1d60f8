// Sealing to somebody else's public key: RSAES-OAEP, ephemeral ECDH, AES in CFB mode. What a TPM's
// credential activation is made of; refuses to open anything, since the house holds no decryption
// key.
#pragma once

#include "ca/crypto/keys.h"

namespace hallmark {

struct OaepInput {
    HashAlgorithm hash{};  ///< Of the label and of MGF1.
    ByteView label;
    ByteView message;
};
/// RFC 8017 7.1.1. The key must be RSA and the message must fit: std::logic_error otherwise.
[[nodiscard]] Bytes rsa_oaep_encrypt(const PublicKey& key, const OaepInput& input);

/// A fresh key on the peer's curve, and what it shares with the peer. All values as wide as the
/// field.
struct EphemeralAgreement {
    Bytes x;
    Bytes y;
    Bytes shared_x;  ///< SEC 1 3.3.1: the x coordinate of the shared point.
};
/// The key must be EC: std::logic_error otherwise.
[[nodiscard]] EphemeralAgreement agree_ephemerally(const PublicKey& peer);

/// AES-128 or AES-256 by the key's size, CFB with whole-block feedback (SP 800-38A 6.3), IV zero:
/// for keys that are used once.
[[nodiscard]] Bytes aes_cfb_encrypt(ByteView key, ByteView message);

}  // namespace hallmark
