// When a certificate begins and ends: backdating, the issuer's own dates, whole hours, no expiry.
#pragma once

#include "ca/domain/result.h"
#include "policy/model.h"

namespace hallmark {

struct CertificateDates {
    Instant not_before;
    Instant not_after;
};

/// notBefore is the later of now - backdate and the issuer's notBefore, since a verifier may check
/// the chain at the leaf's notBefore (Matter's does); in whole seconds, or whole hours where the
/// policy says so, rounded so that it never falls before the issuer's nor after now. notAfter stays
/// within the issuer's unless outlive_issuer. Total. Reason: policy_denied, detail "validity: ...".
[[nodiscard]] Result<CertificateDates> dates_of(const ValidityRules& rules,
                                                const RequestFacts& facts);

}  // namespace hallmark
