// The independent oracle: OpenSSL looks at every certificate again, off the hot path within
// seconds. What it rejects holds the product.
#pragma once

#include "ca/crypto/second_opinion.h"
#include "ca/domain/certificate.h"
#include "ca/domain/observe.h"
#include "ca/issuance/issuing_keys.h"
#include "db/credentials.h"

#include <map>
#include <optional>
#include <string>

namespace hallmark {

/// nullopt when OpenSSL has no objection at the first second of the certificate's validity.
[[nodiscard]] std::optional<std::string> oracle_objection(const Issued& issued, ByteView spki,
                                                          const OpensslIssuers& issuers);

struct Rejection {
    ProductId product;
    Digest policy{};
    Serial serial;
    std::string objection;
    std::string node;
};
/// No more certificates under this policy version, with its event. The next version begins free,
/// and its first certificate is judged in line.
void hold_product(Database& database, const Rejection& rejection, Instant now);

class Oracle {
public:
    Oracle(Database& database, Registry& registry, Observe observe)
        : database_(database), registry_(registry), observe_(std::move(observe)) {}

    /// Judges up to `limit` certificates that have no verdict; returns how many.
    std::size_t sweep(const std::string& node, std::size_t limit, Instant now);
    /// The verdict on this credential, made now if none stands.
    [[nodiscard]] bool accepts(const CredentialRow& credential, const std::string& node,
                               Instant now);

private:
    using Issuers = std::map<IntermediateId, OpensslIssuers>;
    void judge(Tx& tx, const std::vector<CredentialRow>& credentials, const Issuers& issuers,
               const std::string& node, Instant now);

    Database& database_;
    Registry& registry_;
    Observe observe_;
};

}  // namespace hallmark
