#include "ca/issuance/issuing_keys.h"

#include "ca/crypto/hash.h"

namespace hallmark {
namespace {

/// A certificate that outlives an issuer above it would leave leaves that nobody can verify any
/// more (RFC 5280 6.1.3).
Result<Done> ends_within_its_issuers(const Certificate& certificate,
                                     const std::vector<Bytes>& issuers) {
    Instant end = certificate.not_after;
    for (const Bytes& der : issuers) {
        HALLMARK_TRY(issuer, parse_certificate(der));
        if (issuer.not_after < end)
            return Refusal{Reason::unavailable, "intermediate outlives its issuer"};
        end = issuer.not_after;
    }
    return Done{};
}

Result<IssuingKey> join(const Intermediate& intermediate, Token& token) {
    HALLMARK_TRY(certificate, parse_certificate(intermediate.certificate));
    HALLMARK_TRY(within, ends_within_its_issuers(certificate, intermediate.chain));
    HALLMARK_TRY(public_key, parse_public_key(certificate.spki));
    HALLMARK_TRY(key, token.load(intermediate.key_uri, public_key, intermediate.algorithm));
    const auto identifier = certificate.subject_key_identifier();
    if (!identifier)
        return Refusal{Reason::unavailable, "intermediate has no subjectKeyIdentifier"};
    IssuingKey joined{.id = intermediate.id,
                      .certificate = certificate,
                      .key = key,
                      .chain = {intermediate.certificate},
                      .key_identifier = *identifier};
    joined.chain.insert(joined.chain.end(), intermediate.chain.begin(), intermediate.chain.end());
    return joined;
}

}  // namespace

Result<std::shared_ptr<const IssuingKey>> IssuingKeys::for_leaves(const IntermediateId& id,
                                                                  Instant now) {
    HALLMARK_TRY(intermediate, registry_.intermediate(id));
    // A fault and no refusal: nothing is reserved, the challenge stays unspent, and the very same
    // request may come again. Who is past this when the token goes leaves an intent to be burnt.
    if (!token_.is_up()) throw HsmFault(HsmError::token_lost, "the token is not up");
    return for_lists(intermediate, now);
}

Result<std::shared_ptr<const IssuingKey>> IssuingKeys::for_lists(const Intermediate& intermediate,
                                                                 Instant now) {
    const Digest digest = sha256(intermediate.certificate);
    std::shared_ptr<const IssuingKey> known;
    {
        const std::lock_guard lock(mutex_);
        const auto found = by_certificate_.find(digest);
        if (found != by_certificate_.end()) known = found->second;
    }
    if (!known) {
        HALLMARK_TRY(joined, join(intermediate, token_));
        known = std::make_shared<const IssuingKey>(std::move(joined));
        const std::lock_guard lock(mutex_);
        by_certificate_.emplace(digest, known);
    }
    HALLMARK_TRY(fit, check_issuing_certificate(known->certificate, now));
    return known;
}

}  // namespace hallmark
