// A PKCS#11 token: the module loaded at run time, one login, one pool of sessions with a bounded
// wait, key handles found once by public key. Refuses keys that are not what an issuing key must
// be.
#pragma once

#include "ca/crypto/certificate.h"
#include "ca/domain/clock.h"
#include "ca/domain/result.h"
#include "ca/domain/secret.h"
#include "ca/hsm/signer.h"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hallmark {

struct TokenOptions {
    std::string module_path;  ///< The PKCS#11 shared library.
    std::string token_label;  ///< CKA token label; exactly one slot must bear it.
    Secret pin;
    std::size_t sessions = 4;
    std::chrono::milliseconds wait{2000};  ///< For a free session.
};

/// What the token itself reports of a key, for the checks and the ceremony's transcript.
struct KeyAttributes {
    std::string label;
    Bytes id;
    std::string key_type;
    /// CKA_* name to the token's answer ("true", "false", or "absent"), in a fixed order.
    std::vector<std::pair<std::string, std::string>> attributes;
};

class Token final : public Signer {
public:
    explicit Token(TokenOptions options);  ///< Throws HsmFault.
    ~Token() override;
    Token(const Token&) = delete;
    Token& operator=(const Token&) = delete;

    [[nodiscard]] Bytes sign(const SigningKey& key, ByteView message) override;

    /// Finds the private key that the URI names (object/id), holds its public half against
    /// `public_key`, and reads its attributes back: refuses one that is extractable, not sensitive,
    /// was ever otherwise, not generated in the token, or allowed to do anything but sign. Reason:
    /// unavailable; the attribute in the detail. A key that was refused is unusable.
    [[nodiscard]] Result<SigningKey> load(std::string_view uri, const PublicKey& public_key,
                                          SignatureAlgorithm algorithm);
    /// Makes a non-extractable, sensitive, sign-only key pair in the token. Reason: conflict when
    /// the label is taken.
    [[nodiscard]] Result<SigningKey> generate(std::string_view label, KeyAlgorithm algorithm);
    [[nodiscard]] KeyAttributes attributes_of(const SigningKey& key);
    /// Manufacturer, model, serial, firmware, as the token reports them.
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> description();
    [[nodiscard]] std::size_t sessions_in_use() const noexcept;

    /// False from the moment a call found the token lost until heal() took it up again, and for
    /// good once the token refused the PIN. Meanwhile every call throws HsmFault (token_lost,
    /// permanent) at once.
    [[nodiscard]] bool is_up() const noexcept;
    /// Takes a lost token up again: module initialised anew, one login, sessions; keys are found
    /// anew by whoever signs next. True when it was lost and is back, false when there was nothing
    /// to do. Throws HsmFault while it is away, and for good once the PIN was refused: a PIN is
    /// never tried again.
    bool heal();

    /// False from the moment that a key was not to be found, or that the token refused for good to
    /// sign with it, until look_again() found it. A caller asks before it promises a signature; the
    /// other keys of the token sign on.
    [[nodiscard]] bool is_usable(const PublicKey& key) const;
    /// Looks for the keys that are unusable; answers the URIs of those that are back. One that was
    /// found and then failed again is not looked for before half a minute is over. Throws HsmFault
    /// while the token is lost.
    std::vector<std::string> look_again(Instant now);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// RFC 7512 URI parts that we use: token, object, id, type, module-path, pin-source. Reason:
/// malformed_request.
struct KeyUri {
    std::string token;
    std::string object;
    Bytes id;
};
[[nodiscard]] Result<KeyUri> parse_key_uri(std::string_view uri);
[[nodiscard]] std::string key_uri(std::string_view token, std::string_view object, ByteView id);

/// The signature that a key of this kind makes here unless told otherwise: ECDSA with the hash of
/// the curve's strength, RSA PKCS#1 v1.5 with SHA-256.
[[nodiscard]] SignatureAlgorithm usual_signature_algorithm(KeyAlgorithm algorithm) noexcept;

/// An issuing certificate fit for this house: CA with pathlen 0, basicConstraints and keyUsage
/// critical with keyCertSign and cRLSign and nothing else, a subjectKeyIdentifier, no other
/// critical extension, no weak signature algorithm, valid at `now`. Reason: unavailable.
[[nodiscard]] Result<Done> check_issuing_certificate(const Certificate& certificate, Instant now);

}  // namespace hallmark
