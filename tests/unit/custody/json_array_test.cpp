#include "ca/custody/json_array.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

constexpr JsonArrayLimits roomy{.octets = 1024, .entries = 4, .entry_octets = 64};

Result<std::vector<std::string>> cut(std::string_view text) {
    ManifestInput input(text);
    JsonArray array(input, roomy);
    std::vector<std::string> entries;
    while (true) {
        HALLMARK_TRY(entry, array.next());
        if (!entry) return entries;
        entries.push_back(*entry);
    }
}

struct Taken {
    const char* name;
    const char* text;
    std::vector<std::string> entries;
};
class JsonArrayTaken : public ::testing::TestWithParam<Taken> {};
TEST_P(JsonArrayTaken, is_cut_into_its_objects) {
    const auto entries = cut(GetParam().text);
    ASSERT_TRUE(entries.has_value()) << entries.error().detail;
    EXPECT_EQ(*entries, GetParam().entries);
}
INSTANTIATE_TEST_SUITE_P(
    all, JsonArrayTaken,
    ::testing::Values(Taken{"one", "[{}]", {"{}"}},
                      Taken{"spaced", " [ {\"a\":1} ,\n{} ]\r\n", {"{\"a\":1}", "{}"}},
                      Taken{"nested", "[{\"a\":{\"b\":{}}}]", {"{\"a\":{\"b\":{}}}"}},
                      Taken{"brace_in_string", "[{\"a\":\"}\"}]", {"{\"a\":\"}\"}"}},
                      Taken{"escaped_quote", "[{\"a\":\"\\\"}\"}]", {"{\"a\":\"\\\"}\"}"}}),
    [](const auto& row) { return std::string(row.param.name); });

struct Refused {
    const char* name;
    std::string text;
    Reason reason;
    const char* detail;
};
class JsonArrayRefused : public ::testing::TestWithParam<Refused> {};
TEST_P(JsonArrayRefused, says_where_and_why) {
    const auto entries = cut(GetParam().text);
    ASSERT_TRUE(entries.has_error());
    EXPECT_EQ(entries.error().reason, GetParam().reason);
    EXPECT_NE(entries.error().detail.find(GetParam().detail), std::string::npos)
        << entries.error().detail;
}
INSTANTIATE_TEST_SUITE_P(
    all, JsonArrayRefused,
    ::testing::Values(
        Refused{"empty", "", Reason::invalid_document, "not a JSON array"},
        Refused{"object", "{}", Reason::invalid_document, "not a JSON array"},
        Refused{"no_entries", "[]", Reason::invalid_document, "entry 0"},
        Refused{"cut_in_object", "[{\"a\":1", Reason::invalid_document, "entry 0"},
        Refused{"cut_in_escape", "[{\"a\":\"\\", Reason::invalid_document, "entry 0"},
        Refused{"cut_after_object", "[{}", Reason::invalid_document, "array not closed"},
        Refused{"trailing_comma", "[{},]", Reason::invalid_document, "entry 1"},
        Refused{"string_entry", "[\"a\"]", Reason::invalid_document, "entry 0"},
        Refused{"something_after", "[{}] x", Reason::invalid_document, "follows"},
        Refused{"two_arrays", "[{}][{}]", Reason::invalid_document, "follows"},
        Refused{"entry_too_long", "[{\"a\":\"" + std::string(64, 'x') + "\"}]",
                Reason::invalid_document, "limit"},
        Refused{"too_many", "[{},{},{},{},{}]", Reason::too_large, "too many entries"},
        Refused{"too_long", std::string(1025, ' '), Reason::too_large, "too large"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace hallmark
