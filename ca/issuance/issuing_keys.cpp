#include "ca/issuance/issuing_keys.h"

#include "ca/crypto/hash.h"

#include <algorithm>

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

/// RFC 5280 4.2.1.9 and 4.2.1.3, of each certificate above the intermediate.
Result<Done> may_certify(const Certificate& above) {
    const auto basic = above.basic_constraints();
    const auto usage = above.key_usage();
    if (basic && basic->ca && (!usage || (usage->bits & 1u << KeyUsage::key_cert_sign) != 0))
        return Done{};
    return Refusal{Reason::unavailable, "lint: a certificate above the intermediate is no CA's"};
}

/// What the certificate alone says; the key is still the one that it names.
Result<IssuingKey> read(const Intermediate& intermediate) {
    HALLMARK_TRY(certificate, parse_certificate(intermediate.certificate));
    HALLMARK_TRY(within, ends_within_its_issuers(certificate, intermediate.chain));
    HALLMARK_TRY(public_key, parse_public_key(certificate.spki));
    const auto identifier = certificate.subject_key_identifier();
    if (!identifier)
        return Refusal{Reason::unavailable, "intermediate has no subjectKeyIdentifier"};
    IssuingKey read{.id = intermediate.id,
                    .certificate = certificate,
                    .key = {intermediate.key_uri, public_key, intermediate.algorithm},
                    .chain = {intermediate.certificate},
                    .key_identifier = *identifier,
                    .chain_from = certificate.not_before,
                    .chain_until = certificate.not_after};
    for (const Bytes& der : intermediate.chain) {
        HALLMARK_TRY(above, parse_certificate(der));
        HALLMARK_TRY(ca, may_certify(above));
        read.chain_from = std::max(read.chain_from, above.not_before);
        read.chain_until = std::min(read.chain_until, above.not_after);
    }
    read.chain.insert(read.chain.end(), intermediate.chain.begin(), intermediate.chain.end());
    return read;
}

}  // namespace

Result<Done> chain_stands_at(const IssuingKey& issuer, Instant not_before) {
    const Instant at = floor_to_second(not_before);
    if (issuer.chain_from <= at && at <= issuer.chain_until) return Done{};
    return Refusal{Reason::unavailable, "lint: the chain of " + issuer.id.get() +
                                            " is not valid at the leaf's notBefore"};
}

Result<std::shared_ptr<const IssuingKey>> IssuingKeys::for_leaves(const IntermediateId& id,
                                                                  Instant now) {
    HALLMARK_TRY(intermediate, registry_.intermediate(id));
    // The database's clock asks again when the intent is written.
    if ((intermediate.signs_from && now < *intermediate.signs_from) ||
        (intermediate.signs_until && now >= *intermediate.signs_until))
        return Refusal{Reason::unavailable, "intermediate " + id.get() + " is out of its window"};
    return for_lists(intermediate, now);
}

Result<std::shared_ptr<const IssuingKey>> IssuingKeys::for_lists(const Intermediate& intermediate,
                                                                 Instant now) {
    const Digest digest = sha256(intermediate.certificate);
    std::shared_ptr<const IssuingKey> known = find(digest);
    const bool is_new = !known;
    if (is_new) {
        HALLMARK_TRY(its, read(intermediate));
        known = std::make_shared<const IssuingKey>(std::move(its));
    }
    HALLMARK_TRY(fit, check_issuing_certificate(known->certificate, now));
    // Faults and no refusals: nothing is reserved, the challenge stays unspent, and the very same
    // request may come again. Who is past this when the token or the key goes leaves an intent to
    // be burnt.
    if (!token_.is_up()) throw HsmFault(HsmError::token_lost, "the token is not up");
    if (!token_.is_usable(known->key.public_key))
        throw HsmFault(HsmError::key_lost,
                       "the token cannot sign with the key of " + intermediate.id.get());
    return is_new ? join(digest, *known) : known;
}

std::shared_ptr<const IssuingKey> IssuingKeys::find(const Digest& certificate) const {
    const std::lock_guard lock(mutex_);
    const auto found = by_certificate_.find(certificate);
    return found == by_certificate_.end() ? nullptr : found->second;
}

std::shared_ptr<const IssuingKey> IssuingKeys::join(const Digest& certificate, IssuingKey key) {
    {
        const std::lock_guard lock(mutex_);
        asked_for_.insert_or_assign(key.id, key.key.public_key);
    }
    const auto loaded = token_.load(key.key.uri, key.key.public_key, key.key.algorithm);
    if (!loaded) throw HsmFault(HsmError::key_lost, key.id.get() + ": " + loaded.error().detail);
    key.key = *loaded;
    auto joined = std::make_shared<const IssuingKey>(std::move(key));
    const std::lock_guard lock(mutex_);
    by_certificate_.emplace(certificate, joined);
    return joined;
}

std::vector<std::pair<IntermediateId, bool>> IssuingKeys::usable() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::pair<IntermediateId, bool>> usable;
    for (const auto& [id, key] : asked_for_)
        usable.emplace_back(id, token_.is_usable(key));
    return usable;
}

}  // namespace hallmark
