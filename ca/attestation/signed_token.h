// A token as a COSE_Sign1 with what vouches for its key: the part that the formats of such tokens
// have in common. Within this room only.
#pragma once

#include "ca/attestation/verifier.h"

namespace hallmark {

struct SignedToken {
    Bytes payload;
    ValidatedChain signer;  ///< Of the attestation key; its leaf may be the anchor itself.
};

struct TokenGround {
    const Evidence& evidence;
    const VendorPin& pin;
    const ChainValidator& chains;
    Instant now;
};

/// Members token (COSE_Sign1, tagged 18; kid and x5chain in its unprotected header are not
/// believed) and chain: the attestation key's certificate first. Without a chain the token must be
/// signed by the key of a pinned certificate that is itself an end entity's: how a maker's bare
/// keys are pinned, each in a certificate of its own. Reason: evidence_not_accepted, detail
/// "member: ...", "cose: ...", "chain: ...", "certificate: ..." or "signature: ...".
[[nodiscard]] Result<SignedToken> open_token(const TokenGround& given);

/// The key that a token's nonce speaks of, where the token itself names none: the request's, since
/// the nonce was made over it (family.h, challenge_nonce). To be asked once the nonce was found in
/// the token. Empty where no key was expected; detail "key: ..." where one was and no nonce.
[[nodiscard]] Result<Bytes> key_by_nonce(const Expected& expected);

}  // namespace hallmark
