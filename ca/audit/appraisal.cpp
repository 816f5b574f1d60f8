#include "ca/audit/appraisal.h"

#include <array>

namespace hallmark {
namespace {

// draft-ietf-rats-ar4si 2.3.4, the values that are ever given here.
constexpr int genuine_hardware = 2;
constexpr int recognized_instance = 2;
constexpr int approved_configuration = 2;
constexpr int unrecognized_instance = 97;

bool is_bound(const Claims& claims) {
    return claims.freshness == "nonce" || claims.freshness == "csr";
}

bool is_of_hardware(const Claims& claims) {
    return claims.assurance != Assurance::platform_only;
}

bool is_closed(const Claims& claims) {
    return claims.lifecycle == "production" || claims.lifecycle == "secured";
}

bool is_any(const Claims&) {
    return true;
}

struct Row {
    TrustClaim claim;
    bool (*holds)(const Claims&);
};
constexpr std::array rows{
    // The evidence proved a key by which custody knows one element, of a signed manifest, neither
    // held nor scrapped: without that there is no certificate, and no result like this one.
    Row{{"instance-identity", recognized_instance}, is_any},
    // The statement chains to the root that one vendor's parts are certified under. A platform's
    // token speaks of a platform, and of a Secure Element nothing.
    Row{{"hardware", genuine_hardware}, is_of_hardware},
    // These two words are given by verifiers that refuse every other state of the part: debug open,
    // not yet personalised, terminated. Where a format has no such word, nothing was appraised.
    Row{{"configuration", approved_configuration}, is_closed},
    // Never said. executables, file-system, sourced-data: no measurement is held against a
    // reference here, and a version number is none. runtime-opaque, storage-opaque: that one key
    // cannot leave its element says nothing of the attester's other secrets or of its memory.
};

/// Affirming only where the element vouched for the very key that is certified: that is what who
/// relies on the certificate wants to know. Less is taken where a policy says so by name, and is
/// then a warning.
TrustTier tier_of(Assurance assurance) {
    return assurance == Assurance::hw_key_attested ? TrustTier::affirming : TrustTier::warning;
}

}  // namespace

std::string_view name_of(TrustTier tier) noexcept {
    switch (tier) {
        case TrustTier::affirming:
            return "affirming";
        case TrustTier::warning:
            return "warning";
        case TrustTier::contraindicated:
            return "contraindicated";
        case TrustTier::none:
            break;
    }
    return "none";
}

Appraisal appraise(const Claims& claims) {
    // Evidence that is bound to no request may be anybody's, of any day: no verdict on this one.
    if (!is_bound(claims)) return {};
    Appraisal appraisal{.status = tier_of(claims.assurance),
                        .vector = {},
                        .vouches_for_key = claims.assurance == Assurance::hw_key_attested};
    for (const Row& row : rows)
        if (row.holds(claims)) appraisal.vector.push_back(row.claim);
    return appraisal;
}

Appraisal appraise_refused() {
    // Whatever it was that failed, what was shown did not lead to an element that is known here.
    return {.status = TrustTier::contraindicated,
            .vector = {{"instance-identity", unrecognized_instance}},
            .vouches_for_key = false};
}

}  // namespace hallmark
