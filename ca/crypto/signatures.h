// Signature checks under an OpenSSL key, for keys wider than keys.h takes: an issuer in a vendor's
// chain may be P-521 or RSA-8192. Within this room only; others call verify_signature of keys.h.
#pragma once

#include "ca/crypto/keys.h"
#include "ca/crypto/openssl.h"

namespace hallmark {

/// What is signed and how.
struct SignedMessage {
    SignatureAlgorithm algorithm;
    ByteView message;
    ByteView signature;
};

/// False for a bad signature and for an algorithm that does not go with the kind of key.
[[nodiscard]] bool verify_under(EVP_PKEY* key, const SignedMessage& message);

/// A key of the public point in uncompressed form; null when it is no point of that curve.
/// `group` is OpenSSL's name: P-256, P-384, P-521.
[[nodiscard]] PkeyPtr import_ec_point(std::string_view group, ByteView point);
/// From the 32 octets of RFC 8032 5.1.5. Null when OpenSSL will not have it, as below.
[[nodiscard]] PkeyPtr import_ed25519(ByteView octets);
[[nodiscard]] PkeyPtr import_rsa(ByteView modulus, ByteView exponent);

}  // namespace hallmark
