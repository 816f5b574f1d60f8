#include "ca/attestation/android_key.h"

#include "ca/attestation/android_attestation.h"
#include "ca/attestation/freshness.h"
#include "ca/attestation/members.h"

namespace hallmark {

Result<VerifiedElement> AndroidKeyVerifier::verify(const Evidence& evidence, const VendorPin& pin,
                                                   const Expected& expected, Instant now) const {
    HALLMARK_TRY(members, check_members(evidence, {{.name = "chain", .is_list = true}}));
    HALLMARK_TRY(judged, judge_android_chain(evidence.find("chain")->values, pin, chains_,
                                             expected.revocation_unchecked, now));
    HALLMARK_TRY(meant, check_key(judged.key.spki(), expected));
    HALLMARK_TRY(freshness, check_nonce(judged.says.challenge, expected));
    Claims claims;
    claims.format = "android-key";
    claims.vendor = pin.vendor.get();
    claims.freshness = freshness;
    tell_android(judged, claims);
    return VerifiedElement{.claims = std::move(claims), .element_key = judged.element_key};
}

}  // namespace hallmark
