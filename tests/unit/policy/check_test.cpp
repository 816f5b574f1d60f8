// Each finding, with its place: what could never issue, or could issue too much.
#include "tests/unit/policy/sample_policy.h"

#include <algorithm>

namespace hallmark {
namespace {

using namespace testing;

struct Case {
    const char* name;
    const char* from;
    const char* to;
    const char* path;
    const char* text;  ///< Part of the finding.
};

class Check : public ::testing::TestWithParam<Case> {};

TEST_P(Check, finds_it_and_says_where) {
    const auto findings = check_policy(must_parse(sound_with(GetParam().from, GetParam().to)));
    const auto found = std::find_if(findings.begin(), findings.end(), [](const PolicyFinding& one) {
        return one.path == GetParam().path && one.text.find(GetParam().text) != std::string::npos;
    });
    ASSERT_NE(found, findings.end())
        << (findings.empty() ? "no finding" : findings[0].path + ": " + findings[0].text);
    EXPECT_GT(found->line, 1u);
}

constexpr const char* ext = "[extensions]";
constexpr const char* usage = "[\"digitalSignature\"]";
constexpr const char* identity = "template = \"{unique_id}\"";
constexpr const char* subject =
    "[{type = \"O\", value = \"Example\"}, {type = \"CN\", value = \"{device}\"}]";

const Case cases[] = {
    {"vendors", "[\"acme\"]", "[]", "accept.vendors", "could never issue"},
    {"formats", "[\"yubikey-piv\"]", "[]", "accept.formats", "could never issue"},
    {"unknown_format", "[\"yubikey-piv\"]", "[\"yubikey\"]", "accept.formats",
     "no verifier knows yubikey"},
    {"packaging_alone", "[\"yubikey-piv\"]", "[\"csr-attribute\"]", "accept.formats",
     "name what may stand in it"},
    {"models", "[\"5C\"]", "[]", "accept.models", "empty"},
    {"any_model", "[\"5C\"]", "[\"*\"]", "accept.models", "models_reason"},
    {"star_with_others", "[\"5C\"]", "[\"*\", \"5C\"]", "accept.models", "stands alone"},
    {"algorithms", "[\"ec-p256\"]", "[]", "accept.key_algorithms", "could never issue"},
    {"firmware_unproved", "[\"yubikey-piv\"]", "[\"tpm2\"]", "accept.firmware_floor",
     "could never issue"},
    {"weak_assurance", "[identity]", "[assurance]\naccept = [\"platform-only\"]\n[identity]",
     "assurance.accept", "assurance.reason"},
    {"no_assurance", "[identity]", "[assurance]\naccept = []\n[identity]", "assurance.accept",
     "could never issue"},
    {"derived", "[identity]", "[assurance]\norigins = [\"derived\"]\n[identity]",
     "assurance.origins", "reason"},
    {"two_vendors", "[\"acme\"]", "[\"acme\", \"bolt\"]", "identity.template",
     "{vendor} is not in the identity"},
    {"one_name_for_all", identity, "template = \"{lot}\"", "identity.template", "its own source"},
    {"ambiguous", identity, "template = \"{vendor}-{unique_id}\"", "identity.template",
     "parted by a colon"},
    {"ambiguous_pair", identity, "template = \"{element_serial}:{unique_id}\"", "identity.template",
     "colon"},
    {"identity_literal", identity, "template = \"a b {unique_id}\"", "identity.template",
     "could never issue"},
    {"range_hole", identity, "template = \"{unique_id}:{range}\"", "identity.template", "{range}"},
    {"product_underscore", "\"gateway\"", "\"gate_way\"", "product", "underscore"},
    {"common_name_bound", "value = \"{device}\"", "value = \"x{device}\"", "subject[1].value",
     "can have 65"},
    {"country", "{type = \"O\", value = \"Example\"}", "{type = \"C\", value = \"CHE\"}",
     "subject[0].value", "two letters"},
    {"one_subject_for_all", "value = \"{device}\"", "value = \"{lot}\"", "subject",
     "names no device"},
    {"no_name_at_all", subject, "[]", "product", "neither"},
    {"too_long", "days = 30", "years = 31", "validity.years", "30 years"},
    {"no_expiry", "days = 30", "not_after = \"99991231235959Z\"", "validity.not_after",
     "outlive_issuer"},
    {"backdated", "backdate_s = 60", "backdate_s = 86401", "validity.backdate_s",
     "more than a day"},
    {"ca", ext, "[extensions]\nbasic_constraints = \"ca\"", "extensions.basic_constraints",
     "no CA"},
    {"any_usage", usage, "[]", "extensions.key_usage", "anything"},
    {"signs_certificates", usage, "[\"keyCertSign\"]", "extensions.key_usage", "not for leaves"},
    {"ec_enciphers", usage, "[\"keyEncipherment\"]", "extensions.key_usage", "EC key"},
    {"encipher_only", usage, "[\"encipherOnly\"]", "extensions.key_usage", "keyAgreement"},
    {"usage_not_critical", ext, "[extensions]\nkey_usage_critical = false",
     "extensions.key_usage_critical", "critical"},
    {"any_purpose", ext, "[extensions]\nextended_key_usage = [\"anyExtendedKeyUsage\"]",
     "extensions.extended_key_usage", "every purpose"},
    {"time_stamping", ext, "[extensions]\nextended_key_usage = [\"timeStamping\"]",
     "extensions.extended_key_usage_critical", "critical"},
    {"wildcard_server", ext,
     "[extensions]\nextended_key_usage = [\"serverAuth\"]\n"
     "subject_alt_names = [{type = \"dns\", value = \"*.{device}.a.example\"}]",
     "extensions.subject_alt_names[0].value", "serverAuth for a wildcard"},
    {"open_dns", ext,
     "[extensions]\nsubject_alt_names = [{type = \"dns\", value = \"{device}.example\"}]",
     "extensions.subject_alt_names[0].value", "parent domain"},
    {"open_host", ext,
     "[extensions]\nsubject_alt_names = [{type = \"uri\", value = \"https://{device}/x\"}]",
     "extensions.subject_alt_names[0].value", "scheme and host"},
    {"open_scheme", ext,
     "[extensions]\nsubject_alt_names = [{type = \"uri\", value = \"{device}\"}]",
     "extensions.subject_alt_names[0].value", "scheme and host"},
    {"open_mail", ext,
     "[extensions]\nsubject_alt_names = [{type = \"rfc822\", value = \"a@{device}\"}]",
     "extensions.subject_alt_names[0].value", "literal domain"},
    {"one_san_for_all", ext,
     "[extensions]\nsubject_alt_names = [{type = \"dns\", value = \"a.b.example\"}]",
     "extensions.subject_alt_names[0]", "names no device"},
    {"crl_over_tls", "http://a.example", "https://a.example", "extensions.crl_distribution_points",
     "http://"},
    {"no_issuer_id", ext, "[extensions]\nauthority_key_identifier = false",
     "extensions.authority_key_identifier", "RFC 5280"},
    {"residency_unprovable", ext, "[extensions]\ntpm_residency = true", "extensions.tpm_residency",
     "yubikey-piv proves no place in a TPM: could never issue"},
    {"residency_declared", ext, "[extensions]\ncertificate_policies = [\"2.23.133.11.1.2\"]",
     "extensions.certificate_policies", "2.23.133.11.1.2 is what evidence proves"},
    {"policy_twice", ext, "[extensions]\ncertificate_policies = [\"1.2.3\", \"1.2.3\"]",
     "extensions.certificate_policies", "twice: 1.2.3"},
    {"no_station_limit", "station_limit = 10", "", "limits.station_limit", "nothing bounds"},
    {"no_lot_limit", "lot_limit = 5", "", "limits.lot_limit", "nothing bounds"},
    {"lot_share_zero", "lot_limit = 5", "lot_limit = 5\nlot_station_limit = 0",
     "limits.lot_station_limit", "could never issue"},
    {"lot_share_above_the_lot", "lot_limit = 5", "lot_limit = 5\nlot_station_limit = 6",
     "limits.lot_station_limit", "more than the whole lot"},
    {"lot_limit_zero", "lot_limit = 5", "lot_limit = 0", "limits.lot_limit", "could never issue"},
    {"rework", "lot_limit = 5", "lot_limit = 5\nrework_limit = 11", "limits.rework_limit",
     "more than 10"},
    {"granted_example", "{granted = true}", "{refused = \"x\"}", "example", "granted"},
    {"refused_example", "{refused = \"vendor\"}", "{granted = true}", "example", "refused"},
    {"example_names", "name = \"refused\"", "name = \"granted\"", "example[1].name", "one name"},
};
INSTANTIATE_TEST_SUITE_P(each, Check, ::testing::ValuesIn(cases),
                         [](const auto& one) { return std::string(one.param.name); });

std::vector<std::string> texts_at(const std::string& text, const std::string& path) {
    std::vector<std::string> texts;
    for (const PolicyFinding& finding : check_policy(must_parse(text))) {
        if (finding.path == path) texts.push_back(finding.text);
    }
    return texts;
}

TEST(CheckPolicy, finds_nothing_in_a_sound_policy) {
    EXPECT_TRUE(check_policy(must_parse(sound_policy)).empty());
}

TEST(CheckPolicy, wants_alternative_names_critical_where_the_subject_is_empty) {
    const std::string text =
        with(sound_with(subject, "[]"), ext,
             "[extensions]\nsubject_alt_names_critical = false\n"
             "subject_alt_names = [{type = \"uri\", value = \"urn:dev:{device}\"}]");
    EXPECT_EQ(texts_at(text, "extensions.subject_alt_names_critical").size(), 1u);
}

TEST(CheckPolicy, wants_no_rework_where_nothing_can_be_revoked) {
    const std::string text =
        with(sound_with("crl_distribution_points = [\"http://a.example/0.crl\"]", ""),
             "lot_limit = 5", "lot_limit = 5\nrework_limit = 1");
    EXPECT_EQ(texts_at(text, "limits.rework_limit").size(), 1u);
}

TEST(CheckPolicy, knows_that_a_tpm_proves_no_serial) {
    const std::string text =
        with(with(sound_with("\"yubikey-piv\"]", "\"tpm2\"]"), "firmware_floor = \"5.4.3\"", ""),
             "source = \"unique_id\"\ntemplate = \"{unique_id}\"",
             "source = \"element_serial\"\ntemplate = \"{element_serial}\"");
    EXPECT_EQ(texts_at(text, "identity.source").size(), 1u);
}

TEST(CheckPolicy, takes_two_vendors_with_the_vendor_in_the_identity) {
    const std::string text = with(sound_with("[\"acme\"]", "[\"acme\", \"bolt\"]"), identity,
                                  "template = \"{vendor}:{unique_id}\"");
    EXPECT_TRUE(texts_at(text, "identity.template").empty());
}

TEST(CheckPolicy, knows_that_an_underscore_fits_no_vendor_hole) {
    const std::string text = with(sound_with("[\"acme\"]", "[\"ac_me\"]"), identity,
                                  "template = \"{vendor}:{unique_id}\"");
    EXPECT_EQ(texts_at(text, "accept.vendors"),
              std::vector<std::string>{"ac_me has an underscore, which no {vendor} takes"});
}

TEST(CheckPolicy, holds_matter_to_its_profile) {
    const auto matter = [](std::string_view vid, std::string_view more) {
        return with(
            sound_with("]\n\n[accept]", ", {type = \"MatterVID\", value = \"" + std::string(vid) +
                                            "\"}" + std::string(more) + "]\n\n[accept]"),
            usage, "[\"digitalSignature\", \"keyAgreement\"]");
    };
    EXPECT_EQ(texts_at(matter("fff1", ""), "subject[2].value").size(), 1u);
    EXPECT_EQ(texts_at(matter("FFF1", ""), "subject").size(), 1u) << "no product id";
    const std::string both =
        matter("FFF1", ", {type = \"1.3.6.1.4.1.37244.2.2\", value = \"8000\"}");
    EXPECT_TRUE(texts_at(both, "subject").empty());
    EXPECT_EQ(texts_at(both, "extensions.key_usage"),
              std::vector<std::string>{"Matter wants exactly digitalSignature"});
    EXPECT_EQ(
        texts_at(with(both, "[\"ec-p256\"]", "[\"ec-p384\"]"), "accept.key_algorithms").size(), 1u);
    EXPECT_EQ(texts_at(with(both, ext, "[extensions]\nbasic_constraints = \"plain\""),
                       "extensions.basic_constraints")
                  .size(),
              1u);
    EXPECT_EQ(texts_at(with(both, ext, "[extensions]\nsubject_key_identifier = false"),
                       "extensions.subject_key_identifier")
                  .size(),
              1u);
    EXPECT_EQ(texts_at(with(both, "\"Example\"", "\"Mpid:8001\""), "subject[0].value").size(), 1u);
}

TEST(CheckPolicy, gives_lines_of_the_text_in_order) {
    const auto findings =
        check_policy(must_parse(with(sound_with("[\"5C\"]", "[]"), "days = 30", "years = 40")));
    ASSERT_EQ(findings.size(), 2u);
    EXPECT_EQ(findings[0].line, 10u);
    EXPECT_EQ(findings[0].path, "accept.models");
    EXPECT_EQ(findings[1].line, 19u);
    EXPECT_EQ(findings[1].path, "validity.years");
}

}  // namespace
}  // namespace hallmark
