// The transcript of an STSAFE-A's signature session in which a key pair was made, read and not
// judged. Sources as stsafe_a.h tells them. Within this room only.
#pragma once

#include "ca/crypto/keys.h"
#include "ca/domain/bytes.h"
#include "ca/domain/result.h"

#include <cstdint>
#include <vector>

namespace hallmark {

struct StsafeTranscript {
    unsigned slot = 0;            ///< Where the key pair was made.
    std::uint16_t use_limit = 0;  ///< FFFF: none.
    std::uint16_t mode = 0;       ///< What the key may do.
    KeyAlgorithm curve{};
    Bytes x, y;
    Bytes challenge;
    Bytes tbs;  ///< What slot 0 hashed and signed.
};
/// Each message is its header octet (command code, or status) and its data. Exactly four: the
/// response to Start Session, Generate Key, the response to it, Get Signature. Commands without a
/// MAC; Generate Key may bear the host's. Reason: evidence_not_accepted, detail "transcript: ...".
[[nodiscard]] Result<StsafeTranscript> parse_stsafe_transcript(const std::vector<Bytes>& messages);

/// A signature as Get Signature answers it, to DER: R and S of exactly this many octets, each
/// behind its length in two. Detail "signature: ...".
[[nodiscard]] Result<Bytes> parse_stsafe_signature(ByteView signature, std::size_t field_octets);

}  // namespace hallmark
