// What each assurance is worth in the words of AR4SI, and what is never said.
#include "ca/audit/appraisal.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

Claims claims_of(Assurance assurance) {
    Claims claims;
    claims.format = "nxp-se05x";
    claims.vendor = "nxp";
    claims.public_key = {1, 2, 3};
    claims.freshness = "nonce";
    claims.assurance = assurance;
    return claims;
}

using Vector = std::vector<TrustClaim>;
constexpr TrustClaim instance{"instance-identity", 2};
constexpr TrustClaim hardware{"hardware", 2};
constexpr TrustClaim configuration{"configuration", 2};

TEST(Appraisal, affirms_where_the_element_vouched_for_the_key) {
    const Appraisal appraisal = appraise(claims_of(Assurance::hw_key_attested));
    EXPECT_EQ(appraisal.status, TrustTier::affirming);
    EXPECT_EQ(appraisal.vector, (Vector{instance, hardware}));
    EXPECT_TRUE(appraisal.vouches_for_key);
}

TEST(Appraisal, warns_where_the_element_said_who_it_is_and_nothing_of_the_key) {
    const Appraisal appraisal = appraise(claims_of(Assurance::hw_identity_only));
    EXPECT_EQ(appraisal.status, TrustTier::warning);
    EXPECT_EQ(appraisal.vector, (Vector{instance, hardware}));
    EXPECT_FALSE(appraisal.vouches_for_key);
}

TEST(Appraisal, says_nothing_of_hardware_where_a_platform_spoke) {
    const Appraisal appraisal = appraise(claims_of(Assurance::platform_only));
    EXPECT_EQ(appraisal.status, TrustTier::warning);
    EXPECT_EQ(appraisal.vector, Vector{instance});
    EXPECT_FALSE(appraisal.vouches_for_key);
}

TEST(Appraisal, speaks_of_the_configuration_where_the_part_said_that_it_is_closed) {
    Claims claims = claims_of(Assurance::hw_key_attested);
    for (const char* closed : {"production", "secured"}) {
        claims.lifecycle = closed;
        EXPECT_EQ(appraise(claims).vector, (Vector{instance, hardware, configuration})) << closed;
    }
    for (const char* other : {"", "debug", "Production", "secured "}) {
        claims.lifecycle = other;
        EXPECT_EQ(appraise(claims).vector, (Vector{instance, hardware})) << other;
    }
}

TEST(Appraisal, takes_a_nonce_in_the_request_for_as_good) {
    Claims claims = claims_of(Assurance::hw_key_attested);
    claims.freshness = "csr";
    EXPECT_EQ(appraise(claims).status, TrustTier::affirming);
}

TEST(Appraisal, has_no_verdict_on_evidence_that_nothing_binds_to_the_request) {
    Claims claims = claims_of(Assurance::hw_key_attested);
    for (const char* unbound : {"unchecked", "", "nonces"}) {
        claims.freshness = unbound;
        const Appraisal appraisal = appraise(claims);
        EXPECT_EQ(appraisal.status, TrustTier::none) << unbound;
        EXPECT_TRUE(appraisal.vector.empty()) << unbound;
        EXPECT_FALSE(appraisal.vouches_for_key) << unbound;
    }
}

TEST(Appraisal, of_what_was_refused_is_contraindicated_and_names_no_cause) {
    const Appraisal appraisal = appraise_refused();
    EXPECT_EQ(appraisal.status, TrustTier::contraindicated);
    EXPECT_EQ(appraisal.vector, (Vector{{"instance-identity", 97}}));
    EXPECT_FALSE(appraisal.vouches_for_key);
}

TEST(Appraisal, is_never_of_more_trust_than_its_worst_component) {
    // draft-ietf-rats-ear-04 3.1, of ear_status; draft-ietf-rats-ar4si 2.3.2, of the tiers.
    const auto tier_of = [](int value) {
        if (value >= 96 || value < -96) return TrustTier::contraindicated;
        if (value >= 32 || value < -32) return TrustTier::warning;
        return value >= 2 || value < -1 ? TrustTier::affirming : TrustTier::none;
    };
    std::vector<Appraisal> all{appraise_refused()};
    for (const Assurance assurance :
         {Assurance::hw_key_attested, Assurance::hw_identity_only, Assurance::platform_only})
        all.push_back(appraise(claims_of(assurance)));
    for (const Appraisal& appraisal : all) {
        EXPECT_FALSE(appraisal.vector.empty());
        for (const TrustClaim& claim : appraisal.vector)
            EXPECT_GE(appraisal.status, tier_of(claim.value)) << claim.component;
    }
}

TEST(Appraisal, has_the_drafts_words_for_its_tiers) {
    EXPECT_EQ(name_of(TrustTier::none), "none");
    EXPECT_EQ(name_of(TrustTier::affirming), "affirming");
    EXPECT_EQ(name_of(TrustTier::warning), "warning");
    EXPECT_EQ(name_of(TrustTier::contraindicated), "contraindicated");
}

}  // namespace
}  // namespace hallmark
