// What our claims are worth in the words that others know: the trustworthiness tiers and vector of
// draft-ietf-rats-ar4si (2.3). The one place where the two are held against each other; says
// nothing that no claim supports.
#pragma once

#include "ca/domain/evidence.h"

#include <string_view>
#include <vector>

namespace hallmark {

enum class TrustTier { none, affirming, warning, contraindicated };
/// As JSON has it: "none", "affirming", "warning", "contraindicated".
[[nodiscard]] std::string_view name_of(TrustTier tier) noexcept;

struct TrustClaim {
    std::string_view component;  ///< "hardware", "instance-identity", "configuration"
    int value = 0;
    friend bool operator==(const TrustClaim&, const TrustClaim&) = default;
};

struct Appraisal {
    TrustTier status = TrustTier::none;
    std::vector<TrustClaim> vector;  ///< Components of which nothing is said are absent.
    bool vouches_for_key = false;    ///< Whether the element itself vouched for the key.
};

/// Of evidence that was accepted, for an element that custody knows.
[[nodiscard]] Appraisal appraise(const Claims& claims);
/// Of evidence that was refused: the same whatever the cause, which is nobody's but the record's.
[[nodiscard]] Appraisal appraise_refused();

}  // namespace hallmark
