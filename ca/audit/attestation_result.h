// An attestation result as a claims set: EAR, draft-ietf-rats-ear-04, in JSON. Pure: what the
// record holds in, the text to be signed out. Says of a refusal its reason's word and nothing more.
#pragma once

#include "ca/domain/clock.h"
#include "ca/domain/evidence.h"

#include <optional>
#include <string>
#include <string_view>

namespace hallmark {

inline constexpr std::string_view ear_profile = "tag:ietf.org,2026:rats/ear#04";

/// Who says it (draft-ietf-rats-ar4si 2.2.2).
struct VerifierId {
    std::string developer;
    std::string build;
};

struct EvidenceAccepted {
    const Claims& claims;
    ByteView nonce;    ///< What the request was bound to.
    Digest policy{};   ///< SHA-256 of the policy version's canonical text.
    Digest request{};  ///< SHA-256 of the request, evidence included, as it was received.
    const Serial& serial;
};
[[nodiscard]] std::string attestation_result(const EvidenceAccepted& evidence,
                                             const VerifierId& verifier, Instant now);

struct EvidenceRefused {
    std::string format;            ///< What the evidence said it was.
    std::optional<Digest> policy;  ///< Absent where none was fixed yet.
    Digest request{};
    std::string refusal;  ///< The record's id.
    std::string reason;   ///< One constant word.
};
[[nodiscard]] std::string attestation_result(const EvidenceRefused& evidence,
                                             const VerifierId& verifier, Instant now);

}  // namespace hallmark
