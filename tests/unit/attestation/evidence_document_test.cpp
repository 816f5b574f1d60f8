#include "ca/attestation/family.h"
#include "ca/json/json.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace hallmark {
namespace {

TEST(EvidenceDocument, is_decoded_once_member_by_member) {
    const auto evidence =
        parse_evidence(R"({"format":"tpm2","ek_chain":["AQ==","AgM="],"attest":"/w=="})");
    ASSERT_TRUE(evidence.has_value()) << evidence.error().detail;
    EXPECT_EQ(evidence->format, "tpm2");
    ASSERT_EQ(evidence->members.size(), 2u);
    EXPECT_EQ(evidence->find("ek_chain")->values, (std::vector<Bytes>{{1}, {2, 3}}));
    EXPECT_TRUE(evidence->find("ek_chain")->is_list);
    EXPECT_EQ(evidence->find("attest")->values, std::vector<Bytes>{{0xFF}});
    EXPECT_FALSE(evidence->find("attest")->is_list);
}

struct Row {
    std::string name;
    std::string text;
    std::string detail;
};

class EvidenceDocumentRefusal : public ::testing::TestWithParam<Row> {};

TEST_P(EvidenceDocumentRefusal, names_its_cause) {
    const auto evidence = parse_evidence(GetParam().text);
    ASSERT_FALSE(evidence.has_value());
    EXPECT_EQ(evidence.error().reason, Reason::malformed_request);
    EXPECT_EQ(evidence.error().detail.substr(0, GetParam().detail.size()), GetParam().detail);
}

std::string chain_of(std::size_t count) {
    std::string list;
    for (std::size_t i = 0; i < count; ++i)
        list += i == 0 ? R"("AQ==")" : R"(,"AQ==")";
    return R"({"format":"tpm2","ek_chain":[)" + list + "]}";
}

INSTANTIATE_TEST_SUITE_P(
    Foreign, EvidenceDocumentRefusal,
    ::testing::Values(
        Row{"no_json", "tpm2", "json: "}, Row{"array", "[]", "evidence: not an object"},
        Row{"no_format", R"({"attest":"AQ=="})", "evidence: no format"},
        Row{"format_number", R"({"format":2})", "evidence: no format"},
        Row{"format_strange", R"({"format":"TPM 2"})", "evidence: no format"},
        Row{"format_twice", R"({"format":"tpm2","format":"dice"})", "json: a member stands twice"},
        Row{"member_twice", R"({"format":"tpm2","attest":"AQ==","attest":"Ag=="})",
            "json: a member stands twice"},
        Row{"member_number", R"({"format":"tpm2","attest":1})", "evidence: a member is neither"},
        Row{"member_null", R"({"format":"tpm2","attest":null})", "evidence: a member is neither"},
        Row{"member_object", R"({"format":"tpm2","attest":{}})", "evidence: a member is neither"},
        Row{"list_in_list", R"({"format":"tpm2","ek_chain":[["AQ=="]]})",
            "evidence: a member is neither"},
        Row{"not_base64", R"({"format":"tpm2","attest":"*"})", "evidence: not base64"},
        Row{"unpadded", R"({"format":"tpm2","attest":"AQ"})", "evidence: not base64"},
        Row{"with_line_break", R"({"format":"tpm2","attest":"AQ==\n"})", "evidence: not base64"},
        Row{"empty_value", R"({"format":"tpm2","attest":""})", "evidence: an empty value"},
        Row{"empty_list", R"({"format":"tpm2","ek_chain":[]})", "evidence: an empty list"},
        Row{"strange_name", R"({"format":"tpm2","Attest!":"AQ=="})",
            "evidence: a strange member name"},
        Row{"seventeen_certificates", chain_of(17), "evidence: more certificates than the limit"},
        Row{"too_many_octets",
            R"({"format":"tpm2","attest":")" + to_base64(Bytes(64 * 1024 + 1, 0)) + "\"}",
            "evidence: more octets than the limit"},
        Row{"too_large_text", std::string(128 * 1024 + 1, ' '), "json: larger than the limit"}),
    [](const auto& row) { return row.param.name; });

TEST(EvidenceDocument, takes_what_is_just_inside_the_limits) {
    EXPECT_TRUE(parse_evidence(chain_of(16)).has_value());
    EXPECT_TRUE(
        parse_evidence(R"({"format":"tpm2","attest":")" + to_base64(Bytes(64 * 1024, 0)) + "\"}")
            .has_value());
}

TEST(ClaimsDocument, leaves_out_what_is_absent) {
    Claims claims;
    claims.format = "tpm2";
    claims.vendor = "stm";
    claims.public_key = {1, 2};
    claims.freshness = "nonce";
    claims.assurance = Assurance::hw_key_attested;
    EXPECT_EQ(
        claims_json(claims),
        R"({"anchor":")" + std::string(64, '0') +
            R"(","assurance":"hw-key-attested","detail":{},"format":"tpm2","freshness":"nonce",)"
            R"("public_key":"AQI=","usage":[],"vendor":"stm"})");
    claims.public_key.clear();
    EXPECT_FALSE(parse_json(claims_json(claims)).value().as_object().contains("public_key"));
}

TEST(ClaimsDocument, writes_every_claim_once) {
    Claims claims;
    claims.model = "M";
    claims.element_serial = SeSerial("S");
    claims.origin = "generated";
    claims.exportable = false;
    claims.usage = {"sign"};
    claims.firmware = "1.2";
    claims.lifecycle = "production";
    claims.detail = {{"z", "1"}, {"a", "2"}};
    const auto object = parse_json(claims_json(claims)).value().as_object();
    EXPECT_EQ(object.at("model").as_string(), "M");
    EXPECT_EQ(object.at("element_serial").as_string(), "S");
    EXPECT_EQ(object.at("origin").as_string(), "generated");
    EXPECT_EQ(object.at("exportable").as_bool(), false);
    EXPECT_EQ(object.at("usage").as_array().at(0).as_string(), "sign");
    EXPECT_EQ(object.at("firmware").as_string(), "1.2");
    EXPECT_EQ(object.at("lifecycle").as_string(), "production");
    EXPECT_EQ(object.at("detail").as_object().at("z").as_string(), "1");
}

Claims full_claims() {
    return {.format = "yubikey-piv",
            .vendor = "yubico",
            .model = "YubiKey 5",
            .element_serial = SeSerial("42"),
            .public_key = {1, 2, 3},
            .origin = "generated",
            .exportable = false,
            .usage = {"sign", "decrypt"},
            .firmware = "5.4.3",
            .lifecycle = "production",
            .freshness = "csr",
            .assurance = Assurance::hw_identity_only,
            .anchor = *digest_from_hex(std::string(64, 'a')),
            .detail = {{"pin_policy", "once"}, {"touch_policy", "never"}}};
}

TEST(ClaimsDocument, reads_back_what_it_wrote) {
    const auto read = claims_from_json(claims_json(full_claims()));
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(read->format, "yubikey-piv");
    EXPECT_EQ(read->vendor, "yubico");
    EXPECT_EQ(read->model, "YubiKey 5");
    EXPECT_EQ(read->element_serial, SeSerial("42"));
    EXPECT_EQ(read->public_key, (Bytes{1, 2, 3}));
    EXPECT_EQ(read->origin, "generated");
    EXPECT_EQ(read->exportable, false);
    EXPECT_EQ(read->usage, (std::vector<std::string>{"sign", "decrypt"}));
    EXPECT_EQ(read->firmware, "5.4.3");
    EXPECT_EQ(read->lifecycle, "production");
    EXPECT_EQ(read->freshness, "csr");
    EXPECT_EQ(read->assurance, Assurance::hw_identity_only);
    EXPECT_EQ(to_hex(read->anchor), std::string(64, 'a'));
    EXPECT_EQ(read->detail, full_claims().detail);
}

TEST(ClaimsDocument, reads_what_is_absent_as_absent) {
    Claims claims;
    claims.public_key = {1};
    const auto read = claims_from_json(claims_json(claims));
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_FALSE(read->model || read->element_serial || read->exportable || read->firmware ||
                 read->lifecycle);
    EXPECT_TRUE(read->origin.empty() && read->usage.empty() && read->detail.empty());
}

TEST(ClaimsDocument, reads_nothing_that_it_did_not_write) {
    const std::string good = claims_json(full_claims());
    const auto with = [&](const std::string& what, const std::string& by) {
        std::string text = good;
        const auto at = text.find(what);
        EXPECT_NE(at, std::string::npos) << what;
        return text.replace(at, what.size(), by);
    };
    for (const std::string& text :
         {std::string(), std::string("{}"), std::string("[]"), good + " ",
          with("\"hw-identity-only\"", "\"hw-key-attested-perhaps\""), with("\"AQID\"", "\"AQ\""),
          with("\"anchor\":\"aa", "\"anchor\":\"a"),
          with("\"exportable\":false", "\"exportable\":0"),
          with("\"usage\":[\"sign\"", "\"usage\":[1"), with("\"42\"", "42"),
          with("{\"anchor\"", "{\"a\":1,\"anchor\""),
          with("\"pin_policy\":\"once\"", "\"pin_policy\":[\"once\"]")}) {
        const auto read = claims_from_json(text);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().reason, Reason::malformed_request);
    }
}

}  // namespace
}  // namespace hallmark
