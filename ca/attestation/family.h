// The dispatcher: the format is named by the label and never guessed; the pin is chosen by (vendor,
// format), and when several vendors are pinned for a format each is tried alone, never as a union.
#pragma once

#include "ca/attestation/csr_attribute.h"
#include "ca/attestation/pkix.h"
#include "ca/attestation/psa_token.h"
#include "ca/attestation/stsafe_a.h"
#include "ca/attestation/verifier.h"

#include <functional>
#include <memory>
#include <vector>

#include <boost/json/fwd.hpp>

namespace hallmark {

class EvidenceFamily {
public:
    /// The vendor's status list that is held at this moment, or null.
    using HeldStatus = std::function<std::shared_ptr<const StatusList>()>;
    /// `status` fills in what a pin does not bring, for formats that have one; may be empty.
    EvidenceFamily(std::vector<std::unique_ptr<const EvidenceVerifier>> verifiers,
                   CsrAttributeRules packaging, HeldStatus status);

    [[nodiscard]] const EvidenceVerifier* find(std::string_view format) const noexcept;
    /// The evidence that is judged: what came, or, where that says csr-attribute, what stands in
    /// the request's id-aa-attestation (`attribute`, its value). Never both. Reason:
    /// evidence_not_accepted.
    [[nodiscard]] Result<Evidence> unpacked(const Evidence& came,
                                            const std::optional<Bytes>& attribute) const;
    /// For csr-attribute, which has no pins of its own, an opening without members. For every
    /// format behind a verifier: tries the pins of this format in order; the first that accepts the
    /// chain decides the rest.
    [[nodiscard]] Result<Opening> open(const ChallengeRequest& request,
                                       const std::vector<VendorPin>& pins, Instant now) const;
    /// Of evidence as `unpacked` gives it; the claims' detail says in what packaging it came.
    [[nodiscard]] Result<VerifiedElement> verify(const Evidence& evidence,
                                                 const std::vector<VendorPin>& pins,
                                                 const Expected& expected, Instant now) const;

private:
    [[nodiscard]] std::vector<VendorPin> completed(const EvidenceVerifier& verifier,
                                                   const std::vector<VendorPin>& pins) const;

    std::vector<std::unique_ptr<const EvidenceVerifier>> verifiers_;
    CsrAttributeRules packaging_;
    HeldStatus status_;
};

/// What the formats leave to an installation. The defaults suit parts as their makers ship them.
struct FormatSettings {
    PkixArc pkix = {};
    CsrAttributeSyntax csr_attribute_syntax = CsrAttributeSyntax::edition_2026;
    std::string applet_purpose = "1.3.6.1.5.5.7.3.999";  ///< As pkix has it: a placeholder.
    std::set<VendorId> riot_makers = {};                 ///< As DiceVerifier takes them.
    std::vector<PsaKeyCaller> psa_key_callers = {};
    StsafeProfile stsafe = {};
    EvidenceFamily::HeldStatus android_status = {};
};

/// Every format this build knows. `chains` must outlive the family.
[[nodiscard]] EvidenceFamily make_family(const ChainValidator& chains,
                                         const FormatSettings& settings = {});

/// nonce = SHA-256("hallmark-nonce-v1" || 00 || door || challenge || SHA-256(SPKI)); 32 bytes.
[[nodiscard]] Bytes challenge_nonce(std::string_view door, ByteView challenge, ByteView spki);

/// activation = HMAC-SHA256(secret, "hallmark-activation-v1" || 00 || challenge || SHA-256(EK
/// certificate) || Name(AK) || SHA-256(attest) || SHA-256(CSR)); 32 bytes.
struct ActivationInputs {
    ByteView challenge;
    Digest ek_certificate{};
    ByteView ak_name;
    Digest attest{};
    Digest csr{};
};
[[nodiscard]] Bytes activation_proof(ByteView secret, const ActivationInputs& inputs);

/// Evidence from its JSON document (contract.md): {"format": "...", members...}; strings are
/// standard base64, arrays of them chains. At most 64 KiB decoded, 16 certificates. Reason:
/// malformed_request.
[[nodiscard]] Result<Evidence> parse_evidence(std::string_view json);
/// The same from a value that parse_json made, for documents that carry evidence inside.
[[nodiscard]] Result<Evidence> evidence_from_json(const boost::json::value& document);
/// Claims as canonical JSON, for records and the command line.
[[nodiscard]] std::string claims_json(const Claims& claims);
/// The reverse, exact: what claims_json wrote, member by member, and nothing else. Reason:
/// malformed_request.
[[nodiscard]] Result<Claims> claims_from_json(std::string_view json);

}  // namespace hallmark
