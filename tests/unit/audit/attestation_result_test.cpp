// The claims set, member by member: what must stand, and above all what must not.
#include "ca/audit/attestation_result.h"

#include "ca/crypto/hash.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace hallmark {
namespace {

namespace json = boost::json;

const VerifierId verifier{.developer = "Hallmark", .build = "hallmark 0.0.1"};
const Instant noon = *from_rfc3339("2026-11-27T12:00:00.75Z");

std::vector<std::string> names_in(const json::object& object) {
    std::vector<std::string> names;
    for (const auto& member : object)
        names.emplace_back(member.key());
    return names;
}
using Names = std::vector<std::string>;

class AttestationResult : public ::testing::Test {
protected:
    AttestationResult() {
        claims.format = "tpm2";
        claims.vendor = "swtpm";
        claims.model = "swtpm";
        claims.element_serial = SeSerial("0123");
        claims.public_key = {0x30, 0xfb, 0xff};
        claims.firmware = "1.2";
        claims.freshness = "nonce";
        claims.assurance = Assurance::hw_key_attested;
        claims.detail = {{"secret-of-the-trade", "1"}};
    }
    [[nodiscard]] std::string text() const {
        return attestation_result(EvidenceAccepted{.claims = claims,
                                                   .nonce = nonce,
                                                   .policy = sha256(as_bytes("policy")),
                                                   .request = sha256(as_bytes("request")),
                                                   .serial = serial},
                                  verifier, noon);
    }
    [[nodiscard]] json::object whole() const { return json::parse(text()).as_object(); }
    [[nodiscard]] json::object said() const {
        return whole().at("submods").at(claims.format).as_object();
    }

    Claims claims;
    Bytes nonce = Bytes(32, 0xfe);
    Serial serial{Bytes(20, 0x1a)};
};

TEST_F(AttestationResult, is_the_drafts_claims_set) {
    const json::object result = whole();
    EXPECT_EQ(names_in(result), (Names{"ear_verifier_id", "eat_profile", "iat", "submods"}));
    EXPECT_EQ(result.at("eat_profile").as_string(), "tag:ietf.org,2026:rats/ear#04");
    ASSERT_TRUE(result.at("iat").is_int64()) << "an integer, never a fraction";
    EXPECT_EQ(result.at("iat").as_int64(), 1795780800);
    EXPECT_EQ(json::serialize(result.at("ear_verifier_id")),
              R"({"build":"hallmark 0.0.1","developer":"Hallmark"})");
    EXPECT_EQ(result.at("submods").as_object().size(), 1u);
}

TEST_F(AttestationResult, affirms_an_attested_key_and_names_it) {
    const json::object result = said();
    EXPECT_EQ(names_in(result),
              (Names{"ear_appraisal_policy_ids", "ear_hallmark_record", "ear_status",
                     "ear_trustworthiness_vector", "ear_veraison_key_attestation", "eat_nonce"}));
    EXPECT_EQ(result.at("ear_status").as_string(), "affirming");
    EXPECT_EQ(json::serialize(result.at("ear_trustworthiness_vector")),
              R"({"hardware":2,"instance-identity":2})");
    // RFC 4648 5, without padding: 30 fb ff is MPv/ in the usual alphabet.
    EXPECT_EQ(json::serialize(result.at("ear_veraison_key_attestation")), R"({"akpub":"MPv_"})");
    EXPECT_EQ(result.at("eat_nonce").as_string(), "_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v4");
    EXPECT_EQ(json::serialize(result.at("ear_appraisal_policy_ids")),
              "[\"ni:///sha-256;" + to_base64url(sha256(as_bytes("policy"))) + "\"]");
}

TEST_F(AttestationResult, leads_back_to_the_record) {
    const json::object record = said().at("ear_hallmark_record").as_object();
    EXPECT_EQ(names_in(record), (Names{"assurance", "freshness", "request_sha256", "serial"}));
    EXPECT_EQ(record.at("serial").as_string(), to_hex(serial.get()));
    EXPECT_EQ(record.at("request_sha256").as_string(), to_hex(sha256(as_bytes("request"))));
    EXPECT_EQ(record.at("assurance").as_string(), "hw-key-attested");
    EXPECT_EQ(record.at("freshness").as_string(), "nonce");
}

TEST_F(AttestationResult, names_no_key_that_the_element_did_not_vouch_for) {
    for (const Assurance assurance : {Assurance::hw_identity_only, Assurance::platform_only}) {
        claims.assurance = assurance;
        const json::object result = said();
        EXPECT_EQ(result.at("ear_status").as_string(), "warning");
        EXPECT_FALSE(result.contains("ear_veraison_key_attestation")) << name_of(assurance);
        EXPECT_EQ(text().find(to_base64url(claims.public_key)), std::string::npos);
        EXPECT_EQ(result.at("ear_hallmark_record").at("assurance").as_string(),
                  json::string_view(name_of(assurance).data(), name_of(assurance).size()));
    }
}

TEST_F(AttestationResult, has_no_nonce_where_the_evidence_had_none) {
    claims.freshness = "csr";
    const json::object result = said();
    EXPECT_EQ(result.at("ear_status").as_string(), "affirming");
    EXPECT_FALSE(result.contains("eat_nonce"));
    EXPECT_EQ(result.at("ear_hallmark_record").at("freshness").as_string(), "csr");
}

TEST_F(AttestationResult, has_neither_vector_nor_key_where_there_is_no_verdict) {
    claims.freshness = "unchecked";
    const json::object result = said();
    EXPECT_EQ(names_in(result),
              (Names{"ear_appraisal_policy_ids", "ear_hallmark_record", "ear_status"}));
    EXPECT_EQ(result.at("ear_status").as_string(), "none");
}

TEST_F(AttestationResult, tells_nothing_else_of_the_element) {
    for (const char* kept : {"swtpm", "0123", "1.2", "secret-of-the-trade"})
        EXPECT_EQ(text().find(kept), std::string::npos) << kept;
}

class RefusedResult : public ::testing::Test {
protected:
    [[nodiscard]] std::string text() const { return attestation_result(evidence, verifier, noon); }
    [[nodiscard]] json::object said() const {
        return json::parse(text()).at("submods").at("yubikey-piv").as_object();
    }
    EvidenceRefused evidence{.format = "yubikey-piv",
                             .policy = sha256(as_bytes("policy")),
                             .request = sha256(as_bytes("request")),
                             .refusal = "9d4a6e3c-0000-4000-8000-000000000001",
                             .reason = "evidence-not-accepted"};
};

TEST_F(RefusedResult, is_contraindicated_and_names_no_key_and_no_nonce) {
    const json::object result = said();
    EXPECT_EQ(names_in(result), (Names{"ear_appraisal_policy_ids", "ear_hallmark_record",
                                       "ear_status", "ear_trustworthiness_vector"}));
    EXPECT_EQ(result.at("ear_status").as_string(), "contraindicated");
    EXPECT_EQ(json::serialize(result.at("ear_trustworthiness_vector")),
              R"({"instance-identity":97})");
}

TEST_F(RefusedResult, says_its_reasons_word_alone) {
    const json::object record = said().at("ear_hallmark_record").as_object();
    EXPECT_EQ(names_in(record), (Names{"reason", "refusal", "request_sha256"}));
    EXPECT_EQ(record.at("reason").as_string(), "evidence-not-accepted");
    EXPECT_EQ(record.at("refusal").as_string(), evidence.refusal);
    EXPECT_EQ(record.at("request_sha256").as_string(), to_hex(evidence.request));
}

TEST_F(RefusedResult, names_no_policy_where_none_was_fixed) {
    evidence.policy.reset();
    EXPECT_FALSE(said().contains("ear_appraisal_policy_ids"));
}

}  // namespace
}  // namespace hallmark
