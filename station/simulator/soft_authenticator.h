// A FIDO authenticator in memory, as far as an attested credential goes: a maker's root, the
// attestation certificate of one authenticator, and the attestation object over a credential's key
// (W3C Web Authentication, Level 2, 6.5 and 8.2). Honest in bytes and in nothing else: its root is
// nobody's.
#pragma once

#include "station/simulator/soft_x509.h"

#include <optional>
#include <string>
#include <vector>

namespace hallmark {

/// How an object is written; the defaults are true. Each member is one way to lie.
struct SoftCredential {
    std::string format = "packed";
    std::string type = "webauthn.create";
    std::int64_t algorithm = -7;  ///< ES256 (RFC 9053 2.1)
    unsigned char flags = 0x45;   ///< User present and verified, attested credential data.
    bool has_certificate = true;  ///< Else it attests itself.
    std::optional<Bytes> aaguid;  ///< Another than the certificate's.
    std::optional<Bytes> client_data_signed;  ///< Others than those that are shown.
    Bytes behind_authenticator_data;
    bool extra_member = false;  ///< In the statement.
};

struct SoftAttestationObject {
    Bytes object;
    Bytes client_data;
};

class SoftAuthenticatorMaker {
public:
    SoftAuthenticatorMaker();
    [[nodiscard]] const Bytes& root() const noexcept { return root_; }
    /// An attestation certificate for authenticators of this model (16 octets).
    [[nodiscard]] Bytes certify(ByteView spki, ByteView aaguid,
                                std::string_view unit = "Authenticator Attestation",
                                bool ca = false) const;

private:
    PkeyPtr key_;
    Bytes root_;
};

class SoftAuthenticator {
public:
    explicit SoftAuthenticator(const SoftAuthenticatorMaker& maker);
    SoftAuthenticator(PkeyPtr attestation_key, Bytes certificate);

    [[nodiscard]] const PkeyPtr& attestation_key() const noexcept { return key_; }
    [[nodiscard]] const Bytes& certificate() const noexcept { return certificate_; }
    [[nodiscard]] static Bytes aaguid();
    /// P-256 alone.
    [[nodiscard]] SoftAttestationObject attest(EVP_PKEY* credential, ByteView challenge,
                                               const SoftCredential& how = {}) const;

private:
    PkeyPtr key_;
    Bytes certificate_;
};

}  // namespace hallmark
