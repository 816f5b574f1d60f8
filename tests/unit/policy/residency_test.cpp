// What a leaf says of its key's place in a TPM: exactly what the evidence proved, and where a
// product wants it said and nothing proves it, no leaf.
#include "ca/domain/bytes.h"
#include "policy/vocabulary.h"
#include "tests/unit/policy/sample_policy.h"

namespace hallmark {
namespace {

using namespace testing;

std::string with_key(std::string_view line) {
    return with(
        with(sound_with("[\"yubikey-piv\"]", "[\"tpm2\"]"), "firmware_floor = \"5.4.3\"", ""),
        "[extensions]", "[extensions]\n" + std::string(line));
}

RequestFacts facts_of(const TpmResidency& proved) {
    RequestFacts facts = sound_facts();
    facts.claims.format = "tpm2";
    facts.claims.firmware.reset();
    facts.claims.tpm_residency = proved;
    return facts;
}

/// The certificatePolicies that would be signed, in hexadecimal; or the refusal.
std::string policies(const Policy& policy, const TpmResidency& proved) {
    const auto grant = decide(policy, facts_of(proved));
    if (!grant) return grant.error().detail;
    for (const GrantedExtension& one : grant->extensions) {
        if (one.oid == "2.5.29.32") return (one.critical ? "critical " : "") + to_hex(one.value);
    }
    return "absent";
}

const std::string resident = "300806066781050b0101";
const std::string fixed = "300806066781050b0102";
const std::string restricted = "300806066781050b0103";
const std::string unproved = "residency: the key is not proved to live in a TPM and stay there";
constexpr TpmResidency sound{.resident = true, .fixed = true, .restricted = false};

TEST(Residency, is_said_as_far_as_it_was_proved) {
    const Policy policy = must_parse(with_key("tpm_residency = true"));
    EXPECT_EQ(policies(policy, sound), "3014" + resident + fixed);
    EXPECT_EQ(policies(policy, {.resident = true, .fixed = true, .restricted = true}),
              "301e" + resident + fixed + restricted);
}

TEST(Residency, stands_behind_what_the_policy_declares) {
    const Policy policy =
        must_parse(with_key("tpm_residency = true\ncertificate_policies = [\"1.2.3\"]"));
    EXPECT_EQ(policies(policy, sound), "301a300406022a03" + resident + fixed);
}

TEST(Residency, that_is_not_proved_gets_no_leaf) {
    const Policy policy = must_parse(with_key("tpm_residency = true"));
    EXPECT_EQ(policies(policy, {}), unproved);
    EXPECT_EQ(policies(policy, {.resident = true, .fixed = false, .restricted = false}), unproved);
    EXPECT_EQ(policies(policy, {.resident = false, .fixed = true, .restricted = false}), unproved);
    EXPECT_EQ(policies(policy, {.resident = false, .fixed = true, .restricted = true}), unproved);
    EXPECT_EQ(refusal_of(policy, facts_of({})), unproved);
}

TEST(Residency, is_said_only_where_the_policy_asks) {
    const Policy policy = must_parse(with_key(""));
    EXPECT_EQ(policies(policy, sound), "absent");
    EXPECT_EQ(policies(policy, {}), "absent");
}

TEST(Residency, cannot_be_declared) {
    for (const std::string_view oid : {tcg_policy::verified_residency, tcg_policy::verified_fixed,
                                       tcg_policy::verified_restricted}) {
        const Policy policy =
            must_parse(with_key("certificate_policies = [\"" + std::string(oid) + "\"]"));
        EXPECT_EQ(policies(policy, sound),
                  "extensions: that a key lives in a TPM is proved and not declared");
    }
}

TEST(Residency, can_be_asked_of_tpms_alone) {
    EXPECT_TRUE(check_policy(must_parse(with_key("tpm_residency = true"))).empty());
    const auto findings = check_policy(must_parse(
        with(with_key("tpm_residency = true"), "[\"tpm2\"]", "[\"tpm2\", \"webauthn\"]")));
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_EQ(findings[0].path, "extensions.tpm_residency");
    EXPECT_EQ(findings[0].text, "webauthn proves no place in a TPM: could never issue");
}

TEST(Residency, leaves_the_names_of_older_versions_as_they_were) {
    const Policy silent = must_parse(with_key(""));
    EXPECT_EQ(silent.canonical().find("tpm_residency"), std::string::npos);
    EXPECT_EQ(must_parse(with_key("tpm_residency = false")).digest(), silent.digest());
    const Policy asking = must_parse(with_key("tpm_residency = true"));
    EXPECT_NE(asking.digest(), silent.digest());
    const Policy again = must_parse(asking.canonical());
    EXPECT_EQ(again.digest(), asking.digest());
    EXPECT_EQ(policies(again, sound), policies(asking, sound));
}

TEST(Residency, of_an_example_is_what_sound_evidence_of_its_format_says) {
    const std::string text = with(with_key("tpm_residency = true"),
                                  "format = \"yubikey-piv\"\nmodel", "format = \"tpm2\"\nmodel");
    const auto granted = run_examples(must_parse(text));
    ASSERT_EQ(granted.size(), 2u);
    EXPECT_TRUE(granted[0].passed) << granted[0].explanation;
    const Policy unsound = must_parse(
        with(text, "format = \"tpm2\"\nmodel", "tpm_residency = false\nformat = \"tpm2\"\nmodel"));
    const auto refused = run_examples(unsound);
    EXPECT_FALSE(refused[0].passed);
    EXPECT_NE(refused[0].explanation.find("residency"), std::string::npos);
    EXPECT_EQ(must_parse(unsound.canonical()).digest(), unsound.digest());
}

}  // namespace
}  // namespace hallmark
