#include "ca/domain/clock.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

TEST(Rfc3339, returnsWhatItWrote) {
    for (const auto* text : {"1970-01-01T00:00:00Z", "2026-11-23T10:11:12Z",
                             "2024-02-29T23:59:59.000001Z", "9999-12-31T23:59:59Z"}) {
        ASSERT_TRUE(from_rfc3339(text)) << text;
        EXPECT_EQ(to_rfc3339(*from_rfc3339(text)), text);
    }
}

TEST(Rfc3339, takesOffsetsAndAnswersUtc) {
    EXPECT_EQ(to_rfc3339(*from_rfc3339("2026-11-23T10:11:12+02:30")), "2026-11-23T07:41:12Z");
    EXPECT_EQ(to_rfc3339(*from_rfc3339("2026-11-23T23:11:12-01:00")), "2026-11-24T00:11:12Z");
}

TEST(Rfc3339, refusesWhatIsNoTime) {
    for (const auto* text :
         {"", "2026-11-23", "2026-11-23T10:11:12", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z",
          "2026-11-23T24:00:00Z", "2026-11-23T10:60:00Z", "2026-11-23T10:11:60Z",
          "2026-11-23T10:11:12.Z", "2026-11-23T10:11:12.1234567Z", "2026-11-23T10:11:12Zx",
          "2026-11-23 10:11:12Z", "2026-11-23T10:11:12+24:00", "+026-11-23T10:11:12Z"}) {
        EXPECT_FALSE(from_rfc3339(text)) << text;
    }
}

TEST(Instant, isCutToTheHourTowardsThePast) {
    const Instant before_epoch = *from_rfc3339("1969-12-31T23:59:59Z");
    EXPECT_EQ(to_rfc3339(floor_to_hour(before_epoch)), "1969-12-31T23:00:00Z");
    EXPECT_EQ(to_rfc3339(floor_to_second(*from_rfc3339("2026-11-23T10:11:12.9Z"))),
              "2026-11-23T10:11:12Z");
}

TEST(Instant, withoutExpiryIsTheLastSecondOf9999) {
    EXPECT_EQ(to_rfc3339(no_expiry()), "9999-12-31T23:59:59Z");
}

}  // namespace
}  // namespace hallmark
