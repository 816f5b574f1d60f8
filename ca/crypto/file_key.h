// A private key in a PEM file: a person's, for the transcript of a ceremony, or an example's.
// Issues nothing; issuing keys live in tokens and are never seen here.
#pragma once

#include "ca/crypto/keys.h"
#include "ca/domain/result.h"

#include <memory>
#include <string_view>

namespace hallmark {

class FileKey {
public:
    /// PEM, not encrypted; its public half passes parse_public_key. Reason: malformed_request.
    [[nodiscard]] static Result<FileKey> parse(std::string_view pem);

    [[nodiscard]] const PublicKey& public_key() const noexcept { return public_key_; }
    /// ECDSA (DER) or RSA PKCS#1 v1.5 with SHA-256: what `openssl dgst -sha256 -verify` checks.
    [[nodiscard]] Bytes sign(ByteView message) const;
    [[nodiscard]] SignatureAlgorithm algorithm() const noexcept;

private:
    FileKey(std::shared_ptr<evp_pkey_st> key, PublicKey public_key)
        : key_(std::move(key)), public_key_(std::move(public_key)) {}
    std::shared_ptr<evp_pkey_st> key_;
    PublicKey public_key_;
};

}  // namespace hallmark
