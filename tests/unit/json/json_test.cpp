#include "ca/json/json.h"

#include <stdexcept>

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace hallmark {
namespace {

struct Refused {
    std::string name;
    std::string text;
    std::string why;
};

class JsonRefusal : public ::testing::TestWithParam<Refused> {};

TEST_P(JsonRefusal, names_its_cause) {
    const auto parsed = parse_json(GetParam().text);
    ASSERT_FALSE(parsed.has_value()) << GetParam().text;
    EXPECT_EQ(parsed.error().reason, Reason::malformed_request);
    EXPECT_NE(parsed.error().detail.find(GetParam().why), std::string::npos)
        << parsed.error().detail;
}

std::string nested(std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

INSTANTIATE_TEST_SUITE_P(
    Foreign, JsonRefusal,
    ::testing::Values(
        Refused{"empty", "", "incomplete"}, Refused{"two_documents", "{} {}", "follows"},
        Refused{"duplicate", R"({"a":1,"b":2,"a":3})", "twice"},
        Refused{"duplicate_by_escape", R"({"a":1,"\u0061":3})", "twice"},
        Refused{"duplicate_inside", R"({"a":{"x":1,"x":1}})", "twice"},
        Refused{"too_large_exponent", "1e400", "out of range"},
        Refused{"beyond_uint64", "18446744073709551616", "out of range"},
        Refused{"below_int64", "-9223372036854775809", "out of range"},
        Refused{"bad_utf8", "\"\xC3\x28\"", "octet"},
        Refused{"overlong_utf8", "\"\xC0\xAF\"", "octet"},
        Refused{"lone_surrogate", R"("\uD800")", "syntax"},
        Refused{"trailing_comma", "[1,]", "syntax"}, Refused{"comment", "/* */ 1", "syntax"},
        Refused{"bare_word", "NaN", "syntax"}, Refused{"leading_zero", "01", "follows"},
        Refused{"control_in_string", "\"\n\"", "syntax"}, Refused{"too_deep", nested(17), "deep"}),
    [](const auto& row) { return row.param.name; });

TEST(Json, takes_the_largest_numbers_that_are_still_themselves) {
    EXPECT_EQ(parse_json("18446744073709551615").value().as_uint64(), 18446744073709551615ULL);
    EXPECT_EQ(parse_json("-9223372036854775808").value().as_int64(), INT64_MIN);
    EXPECT_DOUBLE_EQ(parse_json("1e300").value().as_double(), 1e300);
    EXPECT_DOUBLE_EQ(parse_json(" 0.5 ").value().as_double(), 0.5);
}

TEST(Json, takes_a_document_just_inside_each_limit) {
    EXPECT_TRUE(parse_json(nested(16)).has_value());
    EXPECT_TRUE(parse_json("[1,2]", {.octets = 5, .depth = 1, .members = 2}).has_value());
    const auto octets = parse_json("[1,2] ", {.octets = 5, .depth = 1, .members = 2});
    ASSERT_FALSE(octets.has_value());
    EXPECT_EQ(octets.error().detail, "json: larger than the limit");
    const auto members = parse_json("[1,2,3]", {.octets = 99, .depth = 1, .members = 2});
    ASSERT_FALSE(members.has_value());
    EXPECT_NE(members.error().detail.find("more values"), std::string::npos);
}

TEST(Json, finds_a_name_that_stands_twice_however_many_there_are) {
    for (const std::size_t count : {1, 2, 15, 16, 17, 40}) {
        std::string members;
        for (std::size_t i = 0; i < count; ++i)
            members += "\"n" + std::to_string(i) + "\":{\"n0\":0},";
        EXPECT_TRUE(parse_json("{" + members + "\"other\":0}").has_value()) << count;
        for (const std::size_t again : {std::size_t{0}, count / 2, count - 1}) {
            const auto refused =
                parse_json("{" + members + "\"n" + std::to_string(again) + "\":0}");
            ASSERT_FALSE(refused.has_value()) << count << " " << again;
            EXPECT_NE(refused.error().detail.find("twice"), std::string::npos);
        }
    }
}

TEST(Json, allows_one_name_in_two_objects) {
    EXPECT_TRUE(parse_json(R"({"a":{"x":1},"b":{"x":2},"c":[{"x":1},{"x":1}]})").has_value());
}

TEST(Json, writes_one_canonical_form) {
    const auto value =
        parse_json(" {\"b\" : [1, -2, true, null], \"a\\u0000\":\"\\u20AC\\/\\n\\u001f\\\"\"} ")
            .value();
    EXPECT_EQ(canonical_json(value),
              "{\"a\\u0000\":\"\xE2\x82\xAC/\\n\\u001f\\\"\",\"b\":[1,-2,true,null]}");
    EXPECT_EQ(canonical_json(parse_json(canonical_json(value)).value()), canonical_json(value));
}

TEST(Json, sorts_members_by_utf16_code_units) {
    // RFC 8785 3.2.3's own example, in part: U+1F600 sorts before U+FB33.
    const auto value =
        parse_json(R"({"\uFB33":1,"\uD83D\uDE00":2,"\u20ac":3,"1":4,"\u0080":5,"":6})").value();
    EXPECT_EQ(canonical_json(value),
              "{\"\":6,\"1\":4,\"\xC2\x80\":5,\"\xE2\x82\xAC\":3,\"\xF0\x9F\x98\x80\":2,"
              "\"\xEF\xAC\xB3\":1}");
}

TEST(Json, does_not_write_a_double) {
    EXPECT_THROW(static_cast<void>(canonical_json(boost::json::value(0.5))), std::logic_error);
}

}  // namespace
}  // namespace hallmark
