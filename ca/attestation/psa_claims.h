// The claims of a PSA attestation token, read in their form and not judged: those of RFC 9783, and
// those of its forerunner PSA_IOT_PROFILE_1 (draft-tschofenig-rats-psa-token-07), whose keys are
// others. The token's own profile claim says which; claims of both in one token are refused. Within
// this room only.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hallmark {

enum class PsaProfile {
    iot_profile_1,  ///< "PSA_IOT_PROFILE_1", keys -75000 to -75010.
    psa_2_0_0,      ///< "http://arm.com/psa/2.0.0", the drafts between, keys of RFC 9783.
    tfm,            ///< "tag:psacertified.org,2023:psa#tfm", RFC 9783.
};
/// As the token states it.
[[nodiscard]] std::string_view name_of(PsaProfile profile) noexcept;

/// One piece of software that was measured before it ran.
struct PsaSoftware {
    std::optional<std::string> type;  ///< "BL", "PRoT", "ARoT", ...
    Bytes measurement;
    std::optional<std::string> version;
    std::optional<Bytes> signer;
};

struct PsaClaims {
    PsaProfile profile = PsaProfile::tfm;
    std::int64_t client_id = 0;
    std::int64_t lifecycle = 0;
    Bytes implementation_id;  ///< 32 octets: the model of the root of trust.
    Bytes instance_id;        ///< UEID: a type octet, then 32 octets, or 8 of an EUI-64.
    Bytes nonce;              ///< 32, 48 or 64 octets.
    std::optional<std::string> certification_reference;
    std::vector<PsaSoftware> software;  ///< At least one.
};

/// Exactly one claim set. Boot seed and verification service are looked at for their form alone.
/// Reason: evidence_not_accepted, detail "claims: ...", "profile: ..." or "software: ...".
[[nodiscard]] Result<PsaClaims> parse_psa_claims(ByteView payload);

}  // namespace hallmark
