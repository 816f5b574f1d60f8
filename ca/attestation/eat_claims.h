// The claims of an Entity Attestation Token that mean the same in every profile (RFC 9711 4), read
// in their form and not judged. Within this room only.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/result.h"

#include <cstdint>
#include <optional>
#include <string>

namespace hallmark {

struct EatClaims {
    Bytes nonce;                     ///< 8 to 64 octets; a list of them is refused.
    std::optional<Bytes> ueid;       ///< A type octet, then what names the entity.
    std::optional<std::string> oem;  ///< "pen:" and a number, or hexadecimal.
    std::optional<Bytes> hardware_model;
    std::optional<std::string> hardware_version;
    std::optional<bool> oem_boot;
    std::int64_t debug_status = 0;       ///< 0 to 4
    std::optional<std::string> profile;  ///< A URI, or "oid:" and its content octets.
    std::optional<std::string> software_name;
    std::optional<std::string> software_version;
    std::optional<std::int64_t> intended_use;         ///< 1 to 5
    std::optional<std::int64_t> expires, not_before;  ///< Seconds since 1970.
    std::optional<Bytes> confirmed_key;  ///< SPKI of the COSE_Key in cnf (RFC 8747 3.2).
};

/// Exactly one claim set, in which what RFC 9711 says goes together does. Claims of the PSA are
/// refused: psa_claims.h reads those. So are submodules, which inherit nothing (4.2.18) and are not
/// judged. Reason: evidence_not_accepted, detail "claims: ...", "profile: ..." or "key: ...".
[[nodiscard]] Result<EatClaims> parse_eat_claims(ByteView payload);

}  // namespace hallmark
