// The shipped examples are sound: they parse, pass check and pass their own tests.
#include "ca/domain/bytes.h"
#include "tests/unit/policy/sample_policy.h"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace hallmark {
namespace {

using namespace testing;

std::string read(const std::string& name) {
    std::ifstream file(std::string(HALLMARK_SOURCE_DIR) + "/policy/products/" + name);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

class Products : public ::testing::TestWithParam<const char*> {};

TEST_P(Products, pass_check_without_a_finding) {
    for (const PolicyFinding& finding : check_policy(must_parse(read(GetParam())))) {
        ADD_FAILURE() << GetParam() << ":" << finding.line << ": " << finding.path << ": "
                      << finding.text;
    }
}

TEST_P(Products, pass_their_own_examples) {
    const auto outcomes = run_examples(must_parse(read(GetParam())));
    EXPECT_GE(outcomes.size(), 4u);
    for (const ExampleOutcome& outcome : outcomes)
        EXPECT_TRUE(outcome.passed) << outcome.name << ": " << outcome.explanation;
}

TEST_P(Products, canonical_form_parses_back_to_itself) {
    const Policy policy = must_parse(read(GetParam()));
    const Policy again = must_parse(policy.canonical());
    EXPECT_EQ(again.canonical(), policy.canonical());
    EXPECT_EQ(again.digest(), policy.digest());
}

INSTANTIATE_TEST_SUITE_P(shipped, Products,
                         ::testing::Values("tpm-gateway.toml", "idevid.toml", "matter-dac.toml",
                                           "compressed-sensor.toml", "tpm-idevid.toml"));

const PolicyExample& first_example(const Policy& policy) {
    return policy.model().examples.front();
}

TEST(MatterDac, subject_is_the_bytes_that_matter_wants) {
    const Policy policy = must_parse(read("matter-dac.toml"));
    const auto grant = decide(policy, first_example(policy).request);
    ASSERT_TRUE(grant);
    EXPECT_EQ(to_hex(grant->subject),
              "304d"
              "311f301d06035504030c164578616d706c652042756c6220303030303030303031"
              "31143012060a2b0601040182a27c02010c0446464631"
              "31143012060a2b0601040182a27c02020c0438303035");
}

TEST(MatterDac, key_usage_is_exactly_digital_signature_and_critical) {
    const Policy policy = must_parse(read("matter-dac.toml"));
    const auto grant = decide(policy, first_example(policy).request);
    ASSERT_TRUE(grant);
    ASSERT_EQ(grant->extensions.size(), 4u);
    EXPECT_EQ(grant->extensions[0].oid, "2.5.29.19");
    EXPECT_TRUE(grant->extensions[0].critical);
    EXPECT_EQ(to_hex(grant->extensions[0].value), "3000");
    EXPECT_EQ(grant->extensions[1].oid, "2.5.29.15");
    EXPECT_TRUE(grant->extensions[1].critical);
    EXPECT_EQ(to_hex(grant->extensions[1].value), "03020780");
    EXPECT_EQ(grant->extensions[2].kind, ExtensionKind::subject_key_identifier);
    EXPECT_EQ(grant->extensions[3].kind, ExtensionKind::authority_key_identifier);
    EXPECT_EQ(grant->rework_limit, 0u);
}

TEST(MatterDac, key_identifiers_have_twenty_bytes) {
    // The generator of P-256 is a point whose coordinates everybody can look up.
    const auto x = *from_hex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296");
    const auto y = *from_hex("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");
    const auto key = ec_public_key(KeyAlgorithm::ec_p256, x, y);
    ASSERT_TRUE(key);
    EXPECT_EQ(key_identifier(*key).size(), 20u);
}

TEST(Idevid, names_hardware_as_rfc_4108_does) {
    const Policy policy = must_parse(read("idevid.toml"));
    RequestFacts facts = first_example(policy).request;
    facts.claims.element_serial = SeSerial("04AB");
    const auto grant = decide(policy, facts);
    ASSERT_TRUE(grant);
    ASSERT_EQ(grant->subject_alt_names.size(), 1u);
    EXPECT_EQ(to_hex(grant->subject_alt_names[0]),
              "a02006082b06010505070804a0143012060a2b0601040181fd590207040430344142");
}

TEST(TpmIdevid, says_that_the_key_lives_in_a_tpm) {
    const Policy policy = must_parse(read("tpm-idevid.toml"));
    const auto grant = decide(policy, first_example(policy).request);
    ASSERT_TRUE(grant);
    ASSERT_EQ(grant->extensions.size(), 7u);
    EXPECT_EQ(grant->extensions[5].oid, "2.5.29.32");
    EXPECT_FALSE(grant->extensions[5].critical);
    EXPECT_EQ(to_hex(grant->extensions[5].value),
              "3022"
              "300c060a2b0601040181fd590102"
              "300806066781050b0101"
              "300806066781050b0102");
}

TEST(TpmGateway, is_what_the_quickstart_relies_on) {
    const Policy policy = must_parse(read("tpm-gateway.toml"));
    EXPECT_EQ(policy.product().get(), "tpm-gateway");
    EXPECT_EQ(policy.intermediate().get(), "line-1");
    EXPECT_EQ(policy.vendors(), std::vector<VendorId>{VendorId("swtpm")});
    EXPECT_TRUE(policy.accepts_format("tpm2"));
    EXPECT_FALSE(policy.needs_range_number());
    const auto grant = decide(policy, first_example(policy).request);
    ASSERT_TRUE(grant);
    EXPECT_EQ(grant->rework_limit, 1u);
    EXPECT_EQ(grant->extensions[5].oid, "2.5.29.31");
    EXPECT_EQ(to_hex(grant->extensions[5].value),
              "302e302ca02aa028"
              "8626" +
                  to_hex(as_bytes("http://127.0.0.1:8080/crl/line-1/0.crl")));
}

}  // namespace
}  // namespace hallmark
