// Evidence of draft-ietf-rats-pkix-key-attestation, read and not judged: elements that an HSM
// reports of itself, each with its claims, and the signatures over them. Within this room only.
#pragma once

#include "ca/crypto/keys.h"
#include "ca/domain/bytes.h"
#include "ca/domain/result.h"

#include <optional>
#include <string>
#include <vector>

namespace hallmark {

struct PkixClaim {
    std::string type;  ///< Dotted OID.
    Bytes value;       ///< DER of the value; empty where it has none.
};

struct PkixElement {
    std::string type;  ///< Dotted OID.
    std::vector<PkixClaim> claims;

    /// The claim's value DER; nullptr where it is not there.
    [[nodiscard]] const Bytes* find(std::string_view claim) const noexcept;
};

struct PkixSignature {
    std::optional<Bytes> key_id;
    std::optional<Bytes> spki;
    std::optional<Bytes> certificate;
    std::optional<SignatureAlgorithm> algorithm;  ///< nullopt: none that is taken.
    Bytes value;
};

struct PkixEvidence {
    Bytes tbs;  ///< The signed octets.
    std::vector<PkixElement> elements;
    std::vector<PkixSignature> signatures;
    std::vector<Bytes> intermediates;  ///< Outside the signature: helpers for the path alone.
};

/// Exactly one Evidence in DER, version 1, at most 32 elements of 64 claims; a claim twice in an
/// element is refused. intermediateCertificates are taken with an IMPLICIT and an EXPLICIT tag: the
/// draft's module says the one and its samples have the other. Reason: evidence_not_accepted,
/// detail "evidence: ...".
[[nodiscard]] Result<PkixEvidence> parse_pkix_evidence(ByteView der);

}  // namespace hallmark
