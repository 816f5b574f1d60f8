// The issuing keys of this node: each registered intermediate's certificate joined to its key in
// the token, once, after both were held against what an issuing key must be.
#pragma once

#include "ca/crypto/certificate.h"
#include "ca/hsm/token.h"
#include "ca/registry/registry.h"

#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace hallmark {

struct IssuingKey {
    IntermediateId id;
    Certificate certificate;
    SigningKey key;
    std::vector<Bytes> chain;  ///< DER: the intermediate first, the root last.
    Bytes key_identifier;      ///< The certificate's subjectKeyIdentifier.
    Instant chain_from{};      ///< Every certificate of the chain is valid from here
    Instant chain_until{};     ///< to here, both included.
};

/// A relying party may judge the chain as of the leaf's own notBefore (Matter's does: Core
/// Specification 6.2.3.1; RFC 5280 6.1.3 leaves the time to the caller): a leaf that is dated
/// outside any of its issuers would be no good for ever. Reason: unavailable.
[[nodiscard]] Result<Done> chain_stands_at(const IssuingKey& issuer, Instant not_before);

class IssuingKeys {
public:
    IssuingKeys(Registry& registry, Token& token) : registry_(registry), token_(token) {}

    /// For issuing: active, fit and within its validity and its own window at `now`. Reason:
    /// unavailable. Throws HsmFault while the token is lost or cannot sign with this key.
    [[nodiscard]] Result<std::shared_ptr<const IssuingKey>> for_leaves(const IntermediateId& id,
                                                                       Instant now);
    /// For its CRL: a suspended intermediate still says what it revoked. Throws as above.
    [[nodiscard]] Result<std::shared_ptr<const IssuingKey>> for_lists(
        const Intermediate& intermediate, Instant now);
    /// Of every intermediate that was asked for: whether the token signs with its key.
    [[nodiscard]] std::vector<std::pair<IntermediateId, bool>> usable() const;

private:
    [[nodiscard]] std::shared_ptr<const IssuingKey> find(const Digest& certificate) const;
    [[nodiscard]] std::shared_ptr<const IssuingKey> join(const Digest& certificate, IssuingKey key);

    Registry& registry_;
    Token& token_;
    mutable std::mutex mutex_;
    std::map<Digest, std::shared_ptr<const IssuingKey>> by_certificate_;
    std::map<IntermediateId, PublicKey> asked_for_;
};

}  // namespace hallmark
