// Judging evidence: one interface, one file per format behind it, one small dispatcher (family.h).
// A verifier is pure: same inputs, same answer; no network, no database, no clock.
#pragma once

#include "ca/attestation/status_list.h"
#include "ca/crypto/chain.h"
#include "ca/crypto/keys.h"
#include "ca/domain/clock.h"
#include "ca/domain/evidence.h"
#include "ca/domain/result.h"
#include "ca/domain/secret.h"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

/// What one vendor is trusted for in one format. Never a union over vendors.
struct VendorPin {
    VendorId vendor;
    std::string format;
    TrustAnchors anchors;
    std::set<ChainException> exceptions;
    /// What the vendor has revoked, for formats whose vendor publishes that; null: none is held.
    std::shared_ptr<const StatusList> status = nullptr;
};

/// What the challenge fixed, and what this request must therefore show.
struct Expected {
    /// The exact bytes that the evidence must carry; nullopt only for the command line's
    /// --any-nonce.
    std::optional<Bytes> nonce;
    /// The key that must be the attested one (the CSR's); nullopt only on the command line.
    std::optional<Bytes> spki;
    /// Formats with activation (tpm2). Unset together with `activation_unchecked` on the command
    /// line alone.
    std::optional<Bytes> activation_secret;
    bool activation_unchecked = false;
    /// On the command line alone: no vendor's status list is asked for.
    bool revocation_unchecked = false;
    Bytes challenge;  ///< 32 bytes
    /// What stands in the CSR's challengePassword: there a format without a nonce has it.
    std::optional<std::string> challenge_password = {};
    Digest csr_sha256{};
    std::optional<Digest>
        ek_certificate;            ///< SHA-256 of the EK certificate that the challenge named.
    std::optional<Bytes> ak_name;  ///< TPM Name that the challenge named.
};

/// The format's own members of a challenge request, decoded as evidence members are.
struct ChallengeRequest {
    Evidence evidence;
};

/// What a verifier answers to the opening of a challenge, for formats with a round of their own.
struct Opening {
    std::vector<std::pair<std::string, Bytes>>
        answer;  ///< Members for the station ("credential_blob", "secret").
    std::optional<Bytes> activation_secret;  ///< Kept on the challenge's row until spent.
    std::optional<Digest> ek_certificate;
    std::optional<Bytes> ak_name;
    /// SHA-256 of the SPKI by which custody knows the element, where the opening shows it already.
    std::optional<Digest> element_key;
};

class EvidenceVerifier {
public:
    virtual ~EvidenceVerifier() = default;
    [[nodiscard]] virtual std::string_view format() const noexcept = 0;
    /// Whether the format proves by activation where its attestation key lives
    /// (Expected::activation_secret).
    [[nodiscard]] virtual bool has_activation() const noexcept { return false; }
    /// Whether the format's vendor publishes what it has revoked (VendorPin::status).
    [[nodiscard]] virtual bool has_status_list() const noexcept { return false; }
    /// Checks what can be checked before anything is sealed to a key, then opens. As it stands
    /// here: a format without a round of its own, which takes no members and answers none. Reason:
    /// evidence_not_accepted.
    [[nodiscard]] virtual Result<Opening> open(const ChallengeRequest&, const VendorPin&,
                                               Instant now) const;
    /// Reason: evidence_not_accepted; the exact cause in the detail, which starts with a stable
    /// kebab-case word and a colon ("nonce: ...", "chain: ...").
    [[nodiscard]] virtual Result<VerifiedElement> verify(const Evidence&, const VendorPin&,
                                                         const Expected&, Instant now) const = 0;
};

}  // namespace hallmark
