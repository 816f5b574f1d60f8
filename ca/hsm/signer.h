// The one way to a private key. Signs bytes; knows no X.509. The key never leaves its token.
#pragma once

#include "ca/crypto/keys.h"
#include "ca/domain/bytes.h"
#include "ca/domain/fault.h"

#include <string>
#include <string_view>

namespace hallmark {

/// A key in a token: its RFC 7512 URI (without PIN) and its public half, by which its handle is
/// found once.
struct SigningKey {
    std::string uri;
    PublicKey public_key;
    SignatureAlgorithm algorithm = SignatureAlgorithm::ecdsa_sha256;
};

enum class HsmError { passing, session_lost, token_lost, key_lost, permanent };
[[nodiscard]] std::string_view name_of(HsmError error) noexcept;

/// The token failed. `passing`, `session_lost` and `token_lost` may heal by themselves; `key_lost`
/// heals when somebody brings the key back; `permanent` does not.
class HsmFault : public PassingFault {
public:
    HsmFault(HsmError kind, const std::string& what) : PassingFault(what), kind_(kind) {}
    [[nodiscard]] HsmError kind() const noexcept { return kind_; }

private:
    HsmError kind_;
};

class Signer {
public:
    virtual ~Signer() = default;
    /// Signs `message` whole (hashing included). ECDSA answers DER Ecdsa-Sig-Value. Throws
    /// HsmFault; the wait for a session is bounded.
    [[nodiscard]] virtual Bytes sign(const SigningKey& key, ByteView message) = 0;
};

}  // namespace hallmark
