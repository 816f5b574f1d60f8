// Every rule refuses by its own word; what is granted is exactly what the policy wrote.
#include "ca/domain/bytes.h"
#include "tests/unit/policy/sample_policy.h"

#include <functional>

namespace hallmark {
namespace {

using namespace testing;

struct Case {
    const char* name;
    std::function<void(RequestFacts&)> bend;
    const char* refused;  ///< Start of the detail.
};

class Decide : public ::testing::TestWithParam<Case> {};

TEST_P(Decide, refuses_with_the_rule_in_the_detail) {
    RequestFacts facts = sound_facts();
    GetParam().bend(facts);
    const std::string detail = refusal_of(must_parse(sound_policy), facts);
    EXPECT_TRUE(detail.starts_with(GetParam().refused)) << detail;
}

std::string with_nul() {
    return std::string("u1\0x", 4);
}

const Case cases[] = {
    {"manifest_of_another_vendor", [](auto& f) { f.vendor = VendorId("b"); },
     "vendor: evidence and manifest"},
    {"claims_of_another_vendor", [](auto& f) { f.claims.vendor = "b"; },
     "vendor: evidence and manifest"},
    {"vendor_not_listed",
     [](auto& f) {
         f.vendor = VendorId("b");
         f.claims.vendor = "b";
     },
     "vendor: not accepted"},
    {"format", [](auto& f) { f.claims.format = "tpm2"; }, "format:"},
    {"proved_model",
     [](auto& f) {
         f.claims.model = "5A";
         f.element_model = "5C";
     },
     "model:"},
    {"model_of_the_manifest",
     [](auto& f) {
         f.claims.model.reset();
         f.element_model = "5A";
     },
     "model:"},
    {"no_model", [](auto& f) { f.claims.model.reset(); }, "model:"},
    {"no_firmware", [](auto& f) { f.claims.firmware.reset(); }, "firmware: the evidence proves no"},
    {"firmware_below", [](auto& f) { f.claims.firmware = "5.4.2"; }, "firmware: below"},
    {"firmware_compared_as_numbers", [](auto& f) { f.claims.firmware = "5.4.02.99"; },
     "firmware: below"},
    {"firmware_shorter", [](auto& f) { f.claims.firmware = "5.4"; }, "firmware: below"},
    {"firmware_no_number", [](auto& f) { f.claims.firmware = "5.7.1-rc"; },
     "firmware: the version is no"},
    {"firmware_empty", [](auto& f) { f.claims.firmware = ""; }, "firmware: the version is no"},
    {"assurance", [](auto& f) { f.claims.assurance = Assurance::hw_identity_only; },
     "assurance: hw-identity-only"},
    {"exportable", [](auto& f) { f.claims.exportable = true; },
     "assurance: the key is not proved to stay"},
    {"export_unsaid", [](auto& f) { f.claims.exportable.reset(); },
     "assurance: the key is not proved to stay"},
    {"imported", [](auto& f) { f.claims.origin = "imported"; },
     "assurance: the key is not proved to be made"},
    {"derived", [](auto& f) { f.claims.origin = "derived"; },
     "assurance: the key is not proved to be made"},
    {"origin_unsaid", [](auto& f) { f.claims.origin.clear(); },
     "assurance: the key is not proved to be made"},
    {"freshness", [](auto& f) { f.claims.freshness = "unchecked"; }, "freshness:"},
    {"algorithm", [](auto& f) { f.key_algorithm = KeyAlgorithm::rsa_2048; }, "algorithm:"},
    {"intermediate", [](auto& f) { f.intermediate = IntermediateId("line-2"); }, "intermediate:"},
    {"empty_name", [](auto& f) { f.unique_id.clear(); }, "identity: {unique_id}: empty"},
    {"name_with_slash", [](auto& f) { f.unique_id = "u1/CN=admin"; },
     "identity: {unique_id}: a character"},
    {"name_with_comma", [](auto& f) { f.unique_id = "u1,O=x"; },
     "identity: {unique_id}: a character"},
    {"name_with_plus", [](auto& f) { f.unique_id = "u1+O"; }, "identity: {unique_id}: a character"},
    {"name_with_nul", [](auto& f) { f.unique_id = with_nul(); },
     "identity: {unique_id}: a character"},
    {"name_with_space", [](auto& f) { f.unique_id = "u 1"; }, "identity: {unique_id}: a character"},
    {"name_with_brace", [](auto& f) { f.unique_id = "{device}"; },
     "identity: {unique_id}: a character"},
    {"name_not_ascii", [](auto& f) { f.unique_id = "\xC3\xBC"; },
     "identity: {unique_id}: a character"},
    {"name_of_65", [](auto& f) { f.unique_id = std::string(65, 'a'); },
     "identity: {unique_id}: longer"},
};
INSTANTIATE_TEST_SUITE_P(rules, Decide, ::testing::ValuesIn(cases),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(Decision, grants_what_the_policy_wrote) {
    const Policy policy = must_parse(sound_policy);
    const auto grant = decide(policy, sound_facts());
    ASSERT_TRUE(grant);
    EXPECT_EQ(grant->product, policy.product());
    EXPECT_EQ(grant->policy, policy.digest());
    EXPECT_EQ(grant->intermediate.get(), "line-1");
    EXPECT_EQ(grant->device.get(), "gateway:u1");
    EXPECT_EQ(to_hex(grant->subject),
              "301f3110300e060355040a0c074578616d706c65310b3009060355040"
              "30c027531");
    EXPECT_EQ(to_rfc3339(grant->not_before), "2026-11-23T09:59:00Z");
    EXPECT_EQ(to_rfc3339(grant->not_after), "2026-12-23T09:59:00Z");
    EXPECT_EQ(grant->confirm_within, std::chrono::hours(1));
    EXPECT_EQ(grant->rework_limit, 0u);
    EXPECT_EQ(grant->station_limit, 10u);
    EXPECT_EQ(grant->lot_limit, 5u);
}

TEST(Decision, takes_sixty_four_characters_and_equal_firmware) {
    RequestFacts facts = sound_facts();
    facts.unique_id = std::string(64, 'a');
    facts.claims.firmware = "5.4.3.0";
    EXPECT_EQ(refusal_of(must_parse(sound_policy), facts), "granted");
}

TEST(Decision, refuses_an_identity_longer_than_its_own_limit) {
    RequestFacts facts = sound_facts();
    facts.unique_id = "abcde";
    const Policy policy = must_parse(
        sound_with("template = \"{unique_id}\"", "template = \"{unique_id}\"\nmax_length = 4"));
    EXPECT_EQ(refusal_of(policy, facts), "identity: longer than max_length");
}

TEST(Decision, takes_a_weaker_assurance_only_by_name_and_never_an_exportable_key) {
    const Policy policy =
        must_parse(sound_with("[identity]",
                              "[assurance]\naccept = [\"hw-identity-only\"]\nreason = \"no key "
                              "attestation\"\n[identity]"));
    RequestFacts facts = sound_facts();
    facts.claims.assurance = Assurance::hw_identity_only;
    facts.claims.exportable.reset();
    facts.claims.origin.clear();
    EXPECT_EQ(refusal_of(policy, facts), "granted");
    // Why it was taken goes into the record, and nothing where there was nothing to excuse.
    EXPECT_EQ(decide(policy, facts)->assurance_reason, "no key attestation");
    EXPECT_EQ(decide(must_parse(sound_policy), sound_facts())->assurance_reason, std::nullopt);
    facts.claims.exportable = true;
    EXPECT_EQ(refusal_of(policy, facts), "assurance: the key is not proved to stay in its element");
    facts.claims.exportable = false;
    facts.claims.origin = "imported";
    EXPECT_EQ(refusal_of(policy, facts),
              "assurance: the key is not proved to be made in its element");
    EXPECT_EQ(refusal_of(policy, sound_facts()), "assurance: hw-key-attested is not enough");
}

TEST(Decision, keeps_two_vendors_with_one_serial_apart) {
    const Policy policy = must_parse(with(sound_with("[\"acme\"]", "[\"acme\", \"bolt\"]"),
                                          "\"{unique_id}\"", "\"{vendor}:{unique_id}\""));
    RequestFacts facts = sound_facts();
    const auto first = decide(policy, facts);
    facts.vendor = VendorId("bolt");
    facts.claims.vendor = "bolt";
    const auto second = decide(policy, facts);
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->device.get(), "gateway:acme:u1");
    EXPECT_EQ(second->device.get(), "gateway:bolt:u1");
    EXPECT_NE(first->subject, second->subject);
}

TEST(Decision, folds_the_subject_for_comparison) {
    const Policy policy = must_parse(sound_policy);
    RequestFacts facts = sound_facts();
    facts.unique_id = "Ab";
    const auto upper = decide(policy, facts);
    facts.unique_id = "aB";
    const auto lower = decide(policy, facts);
    ASSERT_TRUE(upper && lower);
    EXPECT_NE(upper->subject, lower->subject);
    EXPECT_EQ(upper->folded_subject, lower->folded_subject);
}

TEST(Decision, refuses_matter_marks_in_values_and_across_them) {
    const std::string attributes =
        ", {type = \"MatterVID\", value = \"FFF1\"}, {type = \"MatterPID\", value = "
        "\"8000\"}]\n\n[accept]";
    const Policy policy = must_parse(sound_with("]\n\n[accept]", attributes));
    RequestFacts facts = sound_facts();
    for (const char* value : {"Mvid:FFF2", "x-Mpid:8001", "mVID:FFF2"}) {
        facts.unique_id = value;
        EXPECT_EQ(refusal_of(policy, facts),
                  "identity: {unique_id}: Mvid: and Mpid: are Matter's own");
    }
    const Policy split =
        must_parse(with(sound_with("]\n\n[accept]", attributes), "\"{device}\"", "\"M{device}\""));
    facts.unique_id = "vid:FFF2";
    EXPECT_TRUE(refusal_of(split, facts).starts_with("identity: the text reads Mvid:"));
    facts.unique_id = "Mvid:FFF2";
    EXPECT_EQ(refusal_of(must_parse(sound_policy), facts), "granted")
        << "only Matter has these marks";
}

TEST(Decision, a_policy_past_its_check_still_makes_no_ca) {
    for (const auto& [from, to] :
         {std::pair("key_usage = [\"digitalSignature\"]", "key_usage = [\"keyCertSign\"]"),
          std::pair("[extensions]", "[extensions]\nbasic_constraints = \"ca\""),
          std::pair("[extensions]", "[extensions]\nextended_key_usage = [\"2.5.29.37.0\"]")}) {
        const std::string detail = refusal_of(must_parse(sound_with(from, to)), sound_facts());
        EXPECT_TRUE(detail.starts_with("extensions:")) << detail;
    }
}

}  // namespace
}  // namespace hallmark
