// Whole numbers in a body: what is one, and what refuses the request.
#include "server/protocol/body.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

std::optional<std::uint64_t> units_in(const std::string& text) {
    auto body = Body::parse(text).value();
    const std::uint64_t units = body.number("units", 10);
    if (!body.finish()) return std::nullopt;
    return units;
}

TEST(BodyNumber, is_a_whole_one_from_zero_to_its_limit) {
    EXPECT_EQ(units_in(R"({"units":0})"), 0u);
    EXPECT_EQ(units_in(R"({"units":10})"), 10u);
    for (const char* text :
         {R"({"units":11})", R"({"units":-1})", R"({"units":1.0})", R"({"units":"1"})",
          R"({"units":null})", R"({"units":[1]})", R"({})", R"({"units":18446744073709551615})"})
        EXPECT_EQ(units_in(text), std::nullopt) << text;
}

}  // namespace
}  // namespace hallmark
