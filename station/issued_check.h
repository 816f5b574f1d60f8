// Judges what the server issued, as the device that has to live with it would.
#pragma once

#include "ca/crypto/chain.h"
#include "ca/crypto/keys.h"
#include "ca/domain/clock.h"
#include "station/server_answers.h"

#include <map>

namespace hallmark {

/// A certificate for this key, with this serial, signed by an issuer that chains to a root. The
/// issuers are few and judged once each. Not thread-safe; one per thread.
class IssuedCheck {
public:
    /// No roots: the issuer is taken as it comes, but its signature still has to be right.
    explicit IssuedCheck(std::vector<Bytes> roots) : roots_(std::move(roots)) {}

    /// Throws AnswerFault, which says what is wrong.
    void check(const IssuanceGiven& given, ByteView spki, Instant now);

private:
    const PublicKey& issuer_of(const IssuanceGiven& given, Instant now);

    std::vector<Bytes> roots_;
    ChainValidator chains_;
    std::map<std::vector<Bytes>, PublicKey> issuers_;
};

}  // namespace hallmark
