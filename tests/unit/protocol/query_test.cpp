#include "server/protocol/query.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

const std::vector<std::string> known{"device", "limit"};

TEST(Query, gives_the_known_names_decoded) {
    const auto query = parse_query("device=a%2Fb&limit=10", known);
    ASSERT_TRUE(query.has_value());
    EXPECT_EQ(query->at("device"), "a/b");
    EXPECT_EQ(query->at("limit"), "10");
    EXPECT_TRUE(parse_query("", known)->empty());
}

TEST(Query, ends_where_its_view_ends) {
    const std::string_view longer = "limit=10&limit=20";
    const auto query = parse_query(longer.substr(0, 7), known);
    ASSERT_TRUE(query.has_value());
    EXPECT_EQ(query->size(), 1u);
    EXPECT_EQ(query->at("limit"), "1");
}

TEST(Query, refuses_what_is_unknown_repeated_malformed_or_too_long) {
    const std::string too_long = "device=" + std::string(4096, 'a');
    for (const std::string& text : {std::string("admin=1"), std::string("limit=1&limit=2"),
                                    std::string("device=%4"), std::string("limit=1&"), too_long}) {
        const auto query = parse_query(text, known);
        ASSERT_FALSE(query.has_value()) << text.substr(0, 40);
        EXPECT_EQ(query.error().reason, Reason::malformed_request);
    }
}

}  // namespace
}  // namespace hallmark
