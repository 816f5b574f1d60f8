#include "server/config/config.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

TEST(BrokenToml, is_refused_with_its_line_whatever_the_library_assumes_of_it) {
    for (const char* text : {"[[[", "d\xC3\xA9 = 1", "a = \"\"\"\\\n\xC2\xA7", "[[[1]]]",
                             "[[=", "[&", "[", "a", "a = ", "a = [", "\n\n[[[a]]]"}) {
        const auto config = parse_config(text, "/etc/hallmark");
        ASSERT_FALSE(config.has_value()) << text;
        EXPECT_EQ(config.error().reason, Reason::invalid_document) << text;
        EXPECT_TRUE(config.error().detail.starts_with("line ")) << config.error().detail;
    }
}

}  // namespace
}  // namespace hallmark
