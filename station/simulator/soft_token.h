// Attestation tokens in memory: a maker's root, the certificate of an attestation key, and the
// envelope that the key signs (COSE_Sign1, RFC 9052 4.2) over a set of claims. Honest in bytes and
// in nothing else: its root is nobody's.
#pragma once

#include "station/simulator/soft_x509.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hallmark {

/// Claims in the order in which they are written: a key, and a value that is CBOR already.
using SoftClaims = std::vector<std::pair<std::int64_t, Bytes>>;

/// How an envelope is written; the defaults are true. Each member is one way to lie.
struct SoftEnvelope {
    std::optional<unsigned char> tag = 18;  ///< nullopt: none.
    std::int64_t algorithm = -7;            ///< ES256, as is signed in any case.
    bool is_algorithm_protected = true;     ///< Else it stands in the other header.
    bool has_critical = false;              ///< Label 2 in the protected header.
    bool names_key = false;                 ///< kid in the unprotected header.
    std::optional<Bytes> x5chain = {};      ///< In the unprotected header.
    bool has_unknown_hint = false;          ///< Another parameter there.
    bool is_detached = false;
    bool is_signature_der = false;
    bool another_key_signs = false;
    std::optional<Bytes> payload_signed = {};  ///< Another than the one that is shown.
    Bytes behind = {};
};

/// What is said, and in what. Where `instead` has no value, the claim is left out.
struct SoftReport {
    SoftClaims instead = {};
    SoftClaims more = {};      ///< After the others; may say a thing again.
    Bytes behind_claims = {};  ///< In the payload.
    SoftEnvelope envelope = {};
};

[[nodiscard]] Bytes soft_token(EVP_PKEY* key, SoftClaims claims, const SoftReport& how);

/// How an attestation key's certificate is written.
struct SoftTokenCertificate {
    std::string subject = "Example attestation key";
    std::optional<bool> ca = false;  ///< nullopt: no basicConstraints.
    std::optional<unsigned> key_usage_bit = 0;
    bool has_identifiers = true;
    Instant not_before = from_rfc3339("2024-01-01T00:00:00Z").value();
    Instant not_after = from_rfc3339("2049-01-01T00:00:00Z").value();
};

class SoftTokenMaker {
public:
    explicit SoftTokenMaker(std::string_view name = "Example");
    [[nodiscard]] const Bytes& root() const noexcept { return root_; }
    [[nodiscard]] Bytes certify(ByteView spki, const SoftTokenCertificate& how = {}) const;
    /// By the key itself, as bare keys are pinned.
    [[nodiscard]] static Bytes certify_oneself(EVP_PKEY* key, const SoftTokenCertificate& how = {});

private:
    std::string root_name_;
    PkeyPtr key_;
    Bytes root_;
};

}  // namespace hallmark
