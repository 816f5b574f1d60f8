// Lists are made ahead and kept: a GET never touches a key. One row says what will be signed before
// the key is used, as for every signature of an issuing key.
#pragma once

#include "ca/domain/observe.h"
#include "ca/hsm/signer.h"
#include "db/crls.h"

#include <chrono>

namespace hallmark {

/// What a list is made under; the caller joins certificate and key.
struct CrlIssuer {
    IntermediateId id;
    Bytes subject;  ///< Name DER
    Bytes key_identifier;
    SigningKey key;
};

struct CrlRules {
    std::chrono::seconds validity{24 * 3600};  ///< nextUpdate - thisUpdate
    std::chrono::seconds renew_after{3600};    ///< A list older than this is made anew.
};

class Publisher {
public:
    Publisher(Database& database, Signer& signer, CrlRules rules)
        : database_(database), signer_(signer), rules_(rules) {}

    /// Makes a new list when one is due: none yet, too old, or a credential ended since. True when
    /// it made one.
    bool refresh(const CrlIssuer& issuer, Instant now);
    /// Makes a new list at once.
    void publish(const CrlIssuer& issuer, Instant now);
    [[nodiscard]] std::optional<CrlRow> latest(const IntermediateId& id);

private:
    Database& database_;
    Signer& signer_;
    CrlRules rules_;
};

}  // namespace hallmark
