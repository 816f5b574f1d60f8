// Keys and algorithms as COSE writes them (RFC 9052 7, RFC 9053), in our own terms. For
// this room and the readers of COSE alone.
#pragma once

#include "ca/crypto/cbor.h"
#include "ca/crypto/keys.h"
#include "ca/domain/result.h"

namespace hallmark {

/// The public key of a COSE_Key, as SPKI in our encoding: EC2 on P-256 or P-384 with both
/// coordinates, RSA with 65537. RSA of any size from 2048 to 4096 bits: which of them are taken is
/// asked by parse_public_key. What else stands in the map (kid, alg, key_ops) is its user's to
/// judge. Reason: evidence_not_accepted, detail "key: ...".
[[nodiscard]] Result<Bytes> spki_of_cose_key(const CborItem& cose);

/// "word: what", the form of every detail here. Reason: evidence_not_accepted.
[[nodiscard]] Refusal cose_refused(std::string_view word, std::string_view what);

/// COSE algorithm (RFC 9053 2.1, RFC 8812 2) as ours; nullopt for those that are not taken.
[[nodiscard]] std::optional<SignatureAlgorithm> cose_signature_algorithm(
    std::int64_t number) noexcept;

}  // namespace hallmark
