// The operator's signature under a transcript. The only private key in this program that does not
// live in a token: it belongs to a person, signs what that person saw, and issues nothing.
#pragma once

#include "ca/crypto/keys.h"

#include <filesystem>
#include <memory>

struct evp_pkey_st;

namespace hallmark {

class OperatorKey {
public:
    /// PEM, not encrypted, P-256, P-384 or RSA of 2048 bits and more, in a file that nobody else
    /// may use. Reason: malformed_request, not_found, forbidden (the file's mode).
    [[nodiscard]] static Result<OperatorKey> read(const std::filesystem::path& path);

    [[nodiscard]] const PublicKey& public_key() const noexcept { return public_key_; }
    /// ECDSA (DER) or RSA PKCS#1 v1.5, with SHA-256: what `openssl dgst -sha256 -verify` checks.
    [[nodiscard]] Bytes sign(ByteView message) const;
    [[nodiscard]] SignatureAlgorithm algorithm() const noexcept;

private:
    OperatorKey(std::shared_ptr<evp_pkey_st> key, PublicKey public_key)
        : key_(std::move(key)), public_key_(std::move(public_key)) {}
    std::shared_ptr<evp_pkey_st> key_;
    PublicKey public_key_;
};

}  // namespace hallmark
