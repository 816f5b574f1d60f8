// The issuing keys of this node: each registered intermediate's certificate joined to its key in
// the token, once, after both were held against what an issuing key must be.
#pragma once

#include "ca/crypto/certificate.h"
#include "ca/hsm/token.h"
#include "ca/registry/registry.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace hallmark {

struct IssuingKey {
    IntermediateId id;
    Certificate certificate;
    SigningKey key;
    std::vector<Bytes> chain;  ///< DER: the intermediate first, the root last.
    Bytes key_identifier;      ///< The certificate's subjectKeyIdentifier.
};

class IssuingKeys {
public:
    IssuingKeys(Registry& registry, Token& token) : registry_(registry), token_(token) {}

    /// For issuing: active, fit and within its validity at `now`. Reason: unavailable. Throws
    /// HsmFault while the token is lost.
    [[nodiscard]] Result<std::shared_ptr<const IssuingKey>> for_leaves(const IntermediateId& id,
                                                                       Instant now);
    /// For its CRL: a suspended intermediate still says what it revoked.
    [[nodiscard]] Result<std::shared_ptr<const IssuingKey>> for_lists(
        const Intermediate& intermediate, Instant now);

private:
    Registry& registry_;
    Token& token_;
    std::mutex mutex_;
    std::map<Digest, std::shared_ptr<const IssuingKey>> by_certificate_;
};

}  // namespace hallmark
