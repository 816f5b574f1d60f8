// One text, one model, one digest; and everything else is refused with its line.
#include "policy/document.h"
#include "policy/template.h"
#include "tests/unit/policy/sample_policy.h"

#include <algorithm>

namespace hallmark {
namespace {

using namespace testing;

std::string refusal(const std::string& text) {
    const auto policy = parse_policy(text);
    return policy ? "taken" : policy.error().detail;
}

TEST(Canonical, parses_back_to_itself) {
    const Policy policy = must_parse(sound_policy);
    const Policy again = must_parse(policy.canonical());
    EXPECT_EQ(again.canonical(), policy.canonical());
    EXPECT_EQ(again.digest(), policy.digest());
    EXPECT_NE(policy.digest(), Digest{});
}

TEST(Canonical, keeps_everything_that_the_language_can_say) {
    const std::string rich = with(
        sound_with("[extensions]", R"([extensions]
basic_constraints = "plain"
extended_key_usage = ["1.2.3", "clientAuth"]
extended_key_usage_critical = true
subject_alt_names = [{type = "permanent_identifier", value = "{device}", assigner = "1.2.3"},
  {type = "hardware_module_name", value = "{element_serial}", hardware_type = "1.2.4"},
  {type = "directory_name", name = [{type = "1.2.5", value = "a \"quoted\" \\ {device}"}]}]
custom = [{oid = "1.2.3", type = "octets", hex = "00ff"}, {oid = "1.2.4", type = "boolean", value = false},
  {oid = "1.2.5", type = "null"}, {oid = "1.2.6", type = "oid", value = "1.2"},
  {oid = "1.2.7", type = "integer", value = -5}]
)"),
        "[identity]",
        "[assurance]\naccept = [\"hw-identity-only\"]\nreason = \"Z\xC3\xBCrich\"\n[identity]");
    const Policy policy = must_parse(rich);
    EXPECT_EQ(must_parse(policy.canonical()).canonical(), policy.canonical());
    EXPECT_NE(policy.canonical().find("a \\\"quoted\\\" \\\\ {device}"), std::string::npos);
    EXPECT_NE(policy.canonical().find("value = -5"), std::string::npos);
}

TEST(Canonical, does_not_depend_on_comments_order_or_spelling) {
    const Digest digest = must_parse(sound_policy).digest();
    const std::string other = with(
        with(sound_with(
                 "product = \"gateway\"\nintermediate = \"line-1\"",
                 "# a comment\nintermediate = 'line-1' # another\nproduct = \"gate\\u0077ay\""),
             "station_limit = 10\nlot_limit = 5",
             "lot_limit   = 0x5\nstation_limit = 1_0\nrework_limit = 0"),
        "type = \"CN\", value = \"{device}\"", "value = \"{device}\", type = \"2.5.4.3\"");
    EXPECT_EQ(must_parse(other).digest(), digest);
    const std::string sets = sound_with("key_usage = [\"digitalSignature\"]",
                                        "key_usage = [\"keyAgreement\", \"digitalSignature\"]");
    EXPECT_EQ(must_parse(sets).digest(),
              must_parse(with(sets, "\"keyAgreement\", \"digitalSignature\"",
                              "\"digitalSignature\", \"keyAgreement\""))
                  .digest());
}

TEST(Canonical, changes_with_every_rule_and_example) {
    const Digest digest = must_parse(sound_policy).digest();
    for (const auto& [from, to] :
         {std::pair("lot_limit = 5", "lot_limit = 6"), std::pair("days = 30", "days = 31"),
          std::pair("lot_limit = 5", "lot_limit = 5\nlot_station_limit = 4"),
          std::pair("\"u1\"", "\"u2\""), std::pair("\"5.4.3\"", "\"5.4.4\""),
          std::pair("schema = 1", "schema = 1\ntitle = \"t\"")}) {
        EXPECT_NE(must_parse(sound_with(from, to)).digest(), digest) << to;
    }
}

TEST(Parse, refuses_with_the_line) {
    EXPECT_EQ(refusal(sound_with("product = \"gateway\"", "product = \"gateway\"\ncolour = 1")),
              "line 4: colour: unknown key");
    EXPECT_EQ(refusal(sound_with("lot_limit = 5", "lot_limt = 5")),
              "line 28: limits.lot_limt: unknown key");
    EXPECT_EQ(refusal(sound_with("days = 30", "days = \"30\"")),
              "line 19: validity.days: must be a whole number from 1 to 36525");
    EXPECT_EQ(refusal(sound_with("days = 30", "days = 30.0")),
              "line 19: only text, whole numbers, true, false, lists and tables are known here");
    EXPECT_EQ(refusal(sound_with("\"{device}\"", "\"{devise}\"")),
              "line 5: subject[1].value: unknown hole {devise}");
    EXPECT_TRUE(
        refusal(sound_with("schema = 1", "schema = 1\nschema = 1")).starts_with("line 3: "));
    EXPECT_TRUE(refusal("x = ").starts_with("line 1: "));
    EXPECT_EQ(refusal(""), "line 1: schema: must be 1");
}

TEST(Parse, refuses_words_that_are_not_in_the_language) {
    const std::pair<const char*, const char*> bends[] = {
        {"schema = 1", "schema = 2"},
        {"\"gateway\"", "\"Gate Way\""},
        {"\"ec-p256\"]", "\"ec-p521\"]"},
        {"\"5.4.3\"", "\"5.x\""},
        {"source = \"unique_id\"", "source = \"station\""},
        {"template = \"{unique_id}\"", "template = \"{device}\""},
        {"template = \"{unique_id}\"", "template = \"{unique_id\""},
        {"template = \"{unique_id}\"", "template = \"unique_id}\""},
        {"template = \"{unique_id}\"", "template = \"{unique_id}\"\nwidth = 4"},
        {"days = 30", "days = 30\nyears = 1"},
        {"days = 30", ""},
        {"days = 30", "not_after = \"20991231235959Z\""},
        {"backdate_s = 60", "backdate_s = 9999999"},
        {"backdate_s = 60", "truncate = \"minute\""},
        {"digitalSignature", "digitalSignatur"},
        {"[extensions]", "[extensions]\nextended_key_usage = [\"clientauth\"]"},
        {"[extensions]",
         "[extensions]\nextended_key_usage = [\"clientAuth\", \"1.3.6.1.5.5.7.3.2\"]"},
        {"[extensions]",
         "[extensions]\nsubject_alt_names = [{type = \"ip\", value = \"{device}\"}]"},
        {"[extensions]",
         "[extensions]\nsubject_alt_names = [{type = \"directory_name\", value = \"{device}\"}]"},
        {"[extensions]", "[extensions]\ncustom = [{oid = \"2.5.29.19\", type = \"null\"}]"},
        {"[extensions]", "[extensions]\ncustom = [{oid = \"2.5.29.30\", type = \"null\"}]"},
        {"[extensions]", "[extensions]\ncustom = [{oid = \"1.3.6.1.5.5.7.1.1\", type = \"null\"}]"},
        {"[extensions]",
         "[extensions]\ncustom = [{oid = \"1.2.3\", type = \"null\"}, {oid = \"1.2.3\", type = "
         "\"null\"}]"},
        {"[extensions]",
         "[extensions]\ncustom = [{oid = \"1.2.3\", type = \"integer\", value = \"{device}\"}]"},
        {"[extensions]",
         "[extensions]\ncustom = [{oid = \"1.2.3\", type = \"boolean\", value = \"true\"}]"},
        {"[extensions]", "[extensions]\ncustom = [{oid = \"1.2.3\", type = \"null\", value = 1}]"},
        {"[extensions]", "[extensions]\ncustom = [{oid = \"3.2.3\", type = \"null\"}]"},
        {"type = \"O\"", "type = \"Org\""},
        {"{type = \"O\", value = \"Example\"}", "{type = \"C\", value = \"\xC3\x9C\x41\"}"},
        {"\"Example\"", "\"Exam\\u202Eple\""},
        {"\"Example\"", "\"Exam\\nple\""},
        {"\"Example\"", "\"\""},
        {"{granted = true}", "{granted = true, refused = \"vendor\"}"},
        {"{granted = true}", "{}"},
        {"{refused = \"vendor\"}", "{refused = \"vendor\", device = \"x\"}"},
        {"lot_limit = 5", "lot_limit = -1"},
        {"lot_limit = 5", "confirm_within_s = 1"},
    };
    for (const auto& [from, to] : bends) {
        const auto policy = parse_policy(sound_with(from, to));
        ASSERT_FALSE(policy) << to;
        EXPECT_EQ(policy.error().reason, Reason::invalid_document);
        EXPECT_TRUE(policy.error().detail.starts_with("line ")) << policy.error().detail;
    }
}

TEST(Parse, refuses_what_is_too_large) {
    EXPECT_EQ(parse_policy(std::string(70'000, '#')).error().reason, Reason::too_large);
    EXPECT_EQ(parse_policy("a = " + std::string(20, '[') + std::string(20, ']')).error().reason,
              Reason::too_large);
    std::string list = "a = [";
    for (int i = 0; i < 200; ++i)
        list += "1,";
    EXPECT_EQ(parse_policy(list + "]").error().reason, Reason::too_large);
    EXPECT_EQ(parse_policy("a = \"" + std::string(2000, 'x') + "\"").error().reason,
              Reason::too_large);
}

TEST(NameTemplate, gives_back_the_text_that_it_took) {
    for (const char* text :
         {"a", "{device}", "a{vendor}b{lot}{site}", "{range}:{unique_id}-{element_serial}"}) {
        const auto pattern = parse_template(text);
        ASSERT_TRUE(pattern) << text;
        EXPECT_EQ(pattern->text(), text);
    }
    for (const char* text :
         {"", "{", "}", "{}", "{{device}}", "{device", "{Device}", "{ device}"}) {
        EXPECT_FALSE(parse_template(text)) << text;
    }
}

TEST(Examples, fail_where_the_answer_is_another) {
    const auto explanation = [](std::string_view from, std::string_view to) {
        const auto outcomes = run_examples(must_parse(sound_with(from, to)));
        const auto failed = std::find_if(outcomes.begin(), outcomes.end(),
                                         [](const auto& one) { return !one.passed; });
        return failed == outcomes.end() ? std::string("all passed") : failed->explanation;
    };
    EXPECT_EQ(explanation("lot_limit = 5", "lot_limit = 6"), "all passed");
    EXPECT_EQ(explanation("{granted = true}", "{refused = \"vendor\"}"),
              "answer: expected refused by vendor, got granted");
    EXPECT_EQ(explanation("{refused = \"vendor\"}", "{refused = \"format\"}"),
              "refusal: expected format, got vendor: not accepted for this product");
    EXPECT_EQ(explanation("{refused = \"vendor\"}", "{granted = true}"),
              "answer: expected granted, got refused, vendor: not accepted for this product");
    EXPECT_EQ(explanation("{granted = true}", "{granted = true, device = \"u1\"}"),
              "device: expected u1, got gateway:u1");
    EXPECT_EQ(explanation("{granted = true}", "{granted = true, subject = [\"CN=u1\"]}"),
              "subject: expected CN=u1, got O=Example, CN=u1");
    EXPECT_EQ(
        explanation("{granted = true}", "{granted = true, not_after = \"2027-01-01T00:00:00Z\"}"),
        "not_after: expected 2027-01-01T00:00:00Z, got 2026-12-23T09:59:00Z");
    EXPECT_EQ(explanation("{granted = true}", "{granted = true, subject_alt_names = [\"dns:a\"]}"),
              "subject_alt_names: expected dns:a, got ");
}

}  // namespace
}  // namespace hallmark
