// The names are the draft's (3, 3.1, 4.5.1). `ear_hallmark_record` is our own extension and leads
// back to the record: which request, and which certificate or refusal came of it.
#include "ca/audit/attestation_result.h"

#include "ca/audit/appraisal.h"
#include "ca/json/json.h"

#include <boost/json.hpp>

namespace hallmark {
namespace {

namespace json = boost::json;

json::string_view view(std::string_view text) {
    return {text.data(), text.size()};
}

/// RFC 6920 3: a name that is the digest of what it names, here of the policy's canonical text.
std::string policy_name(const Digest& policy) {
    return "ni:///sha-256;" + to_base64url(policy);
}

json::object submodule(const Appraisal& appraisal, const std::optional<Digest>& policy,
                       json::object record) {
    json::object submodule{{"ear_status", view(name_of(appraisal.status))}};
    json::object vector;
    for (const TrustClaim& claim : appraisal.vector)
        vector[claim.component] = claim.value;
    if (!vector.empty()) submodule["ear_trustworthiness_vector"] = std::move(vector);
    if (policy) submodule["ear_appraisal_policy_ids"] = json::array{policy_name(*policy)};
    submodule["ear_hallmark_record"] = std::move(record);
    return submodule;
}

std::string claims_set(std::string_view format, json::object submodule, const VerifierId& verifier,
                       Instant now) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
    return canonical_json(json::object{
        {"eat_profile", view(ear_profile)},
        // RFC 9711 4.3.1: an integer.
        {"iat", seconds.count()},
        {"ear_verifier_id", {{"developer", verifier.developer}, {"build", verifier.build}}},
        {"submods", json::object{{view(format), std::move(submodule)}}}});
}

}  // namespace

std::string attestation_result(const EvidenceAccepted& evidence, const VerifierId& verifier,
                               Instant now) {
    const Claims& claims = evidence.claims;
    const Appraisal appraisal = appraise(claims);
    json::object said = submodule(appraisal, evidence.policy,
                                  {{"request_sha256", to_hex(evidence.request)},
                                   {"serial", to_hex(evidence.serial.get())},
                                   {"assurance", view(name_of(claims.assurance))},
                                   {"freshness", claims.freshness}});
    // The draft's own words: the nonce that was extracted from the evidence. Where the request
    // carried it in the evidence's stead, there is none in the evidence.
    if (claims.freshness == "nonce") said["eat_nonce"] = to_base64url(evidence.nonce);
    if (appraisal.vouches_for_key) {
        said["ear_veraison_key_attestation"] = {{"akpub", to_base64url(claims.public_key)}};
    }
    return claims_set(claims.format, std::move(said), verifier, now);
}

std::string attestation_result(const EvidenceRefused& evidence, const VerifierId& verifier,
                               Instant now) {
    return claims_set(evidence.format,
                      submodule(appraise_refused(), evidence.policy,
                                {{"request_sha256", to_hex(evidence.request)},
                                 {"refusal", evidence.refusal},
                                 {"reason", evidence.reason}}),
                      verifier, now);
}

}  // namespace hallmark
