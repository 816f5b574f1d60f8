#include "ca/domain/clock.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

TEST(Clock, reads_every_instant_that_it_writes) {
    for (const char* text : {"0000-01-01T00:00:00Z", "2026-11-23T10:11:12.000001Z", "9999-12-31T23:59:59.999999Z"}) {
        const auto instant = from_rfc3339(text);
        ASSERT_TRUE(instant.has_value()) << text;
        EXPECT_EQ(to_rfc3339(*instant), text);
    }
}

TEST(Clock, takes_an_offset_to_utc) {
    EXPECT_EQ(from_rfc3339("2026-11-23T10:11:12+05:30"), from_rfc3339("2026-11-23T04:41:12Z"));
    EXPECT_EQ(from_rfc3339("9999-12-31T00:00:00-23:59"), from_rfc3339("9999-12-31T23:59:00Z"));
}

TEST(Clock, refuses_an_offset_that_leads_out_of_the_years_0000_to_9999) {
    EXPECT_FALSE(from_rfc3339("9999-12-31T23:59:59-00:01"));
    EXPECT_FALSE(from_rfc3339("0000-01-01T00:00:00+00:01"));
}

TEST(Clock, refuses_what_is_almost_a_time) {
    for (const char* text : {"", "2026-11-23", "2026-11-23T10:11:12", "2026-02-29T10:11:12Z", "2026-11-23T24:00:00Z",
                             "2026-11-23T10:11:60Z", "2026-11-23T10:11:12.Z", "2026-11-23T10:11:12.1234567Z",
                             "2026-11-23T10:11:12+24:00", "2026-11-23T10:11:12Z "}) {
        EXPECT_FALSE(from_rfc3339(text)) << text;
    }
}

}  // namespace
}  // namespace hallmark
