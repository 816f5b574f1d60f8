// Dates: never before the issuer's own, within it unless said otherwise, whole hours where an
// element needs them.
#include "policy/dates.h"

#include "tests/unit/policy/sample_policy.h"

namespace hallmark {
namespace {

using namespace testing;

struct Want {
    const char* now;
    const char* issuer_not_before;
    const char* issuer_not_after = "2036-01-01T00:00:00Z";
};

std::string dates(const ValidityRules& rules, const Want& want) {
    RequestFacts facts;
    facts.now = at(want.now);
    facts.issuer_not_before = at(want.issuer_not_before);
    facts.issuer_not_after = at(want.issuer_not_after);
    const auto answer = dates_of(rules, facts);
    if (!answer) return answer.error().detail;
    return to_rfc3339(answer->not_before) + " " + to_rfc3339(answer->not_after);
}

ValidityRules one_day() {
    ValidityRules rules;
    rules.days = 1;
    return rules;
}

TEST(Dates, are_whole_seconds) {
    EXPECT_EQ(dates(one_day(), {"2026-11-23T10:00:00.999999Z", "2026-01-01T00:00:00Z"}),
              "2026-11-23T10:00:00Z 2026-11-24T10:00:00Z");
}

TEST(Dates, backdating_stops_at_the_issuers_start) {
    ValidityRules rules = one_day();
    rules.backdate = std::chrono::hours(1);
    EXPECT_EQ(dates(rules, {"2026-11-23T10:00:00Z", "2026-01-01T00:00:00Z"}),
              "2026-11-23T09:00:00Z 2026-11-24T09:00:00Z");
    EXPECT_EQ(dates(rules, {"2026-11-23T10:00:00Z", "2026-11-23T09:30:00Z"}),
              "2026-11-23T09:30:00Z 2026-11-24T09:30:00Z");
    EXPECT_EQ(dates(rules, {"2026-11-23T10:00:00Z", "2026-11-23T10:00:01Z"}),
              "validity: the issuer is not valid yet");
}

TEST(Dates, whole_hours_never_fall_before_the_issuer_or_after_now) {
    ValidityRules rules = one_day();
    rules.truncate_to_hour = true;
    EXPECT_EQ(dates(rules, {"2026-11-23T10:59:59Z", "2026-01-01T00:00:00Z"}),
              "2026-11-23T10:00:00Z 2026-11-24T10:00:00Z");
    EXPECT_EQ(dates(rules, {"2026-11-23T11:10:00Z", "2026-11-23T10:30:00Z"}),
              "2026-11-23T11:00:00Z 2026-11-24T11:00:00Z");
    EXPECT_EQ(dates(rules, {"2026-11-23T10:59:59Z", "2026-11-23T10:30:00Z"}),
              "validity: no whole hour lies between the issuer's start and now");
}

TEST(Dates, end_within_the_issuer_unless_the_policy_says_otherwise) {
    ValidityRules rules = one_day();
    EXPECT_EQ(
        dates(rules, {"2026-11-23T10:00:00Z", "2026-01-01T00:00:00Z", "2026-11-24T10:00:00Z"}),
        "2026-11-23T10:00:00Z 2026-11-24T10:00:00Z");
    EXPECT_EQ(
        dates(rules, {"2026-11-23T10:00:00Z", "2026-01-01T00:00:00Z", "2026-11-24T09:59:59Z"}),
        "validity: it would outlive its issuer");
    rules.outlive_issuer = true;
    EXPECT_EQ(
        dates(rules, {"2026-11-23T10:00:00Z", "2026-01-01T00:00:00Z", "2026-11-24T09:59:59Z"}),
        "2026-11-23T10:00:00Z 2026-11-24T10:00:00Z");
    EXPECT_EQ(
        dates(rules, {"2026-11-23T10:00:00Z", "2026-01-01T00:00:00Z", "2026-11-23T09:00:00Z"}),
        "validity: the issuer has expired");
}

TEST(Dates, no_expiry_is_the_last_second_of_9999) {
    ValidityRules rules;
    rules.no_expiry = true;
    EXPECT_EQ(dates(rules, {"2026-11-23T10:00:00Z", "2026-01-01T00:00:00Z"}),
              "validity: it would outlive its issuer");
    rules.outlive_issuer = true;
    EXPECT_EQ(dates(rules, {"2026-11-23T10:00:00Z", "2026-01-01T00:00:00Z"}),
              "2026-11-23T10:00:00Z 9999-12-31T23:59:59Z");
}

TEST(Dates, years_are_calendar_years) {
    ValidityRules rules;
    rules.years = 1;
    EXPECT_EQ(dates(rules, {"2028-02-29T10:00:00Z", "2026-01-01T00:00:00Z"}),
              "2028-02-29T10:00:00Z 2029-02-28T10:00:00Z");
    rules.years = 4;
    EXPECT_EQ(dates(rules, {"2028-02-29T10:00:00Z", "2026-01-01T00:00:00Z"}),
              "2028-02-29T10:00:00Z 2032-02-29T10:00:00Z");
}

TEST(Dates, are_total) {
    RequestFacts facts;
    facts.issuer_not_before = Instant::min();
    facts.issuer_not_after = Instant::max();
    ValidityRules rules = one_day();
    rules.backdate = std::chrono::seconds(604'800);
    rules.outlive_issuer = true;
    for (const Instant now : {Instant::min(), Instant::max(), at("1949-12-31T23:59:59Z")}) {
        facts.now = now;
        ASSERT_FALSE(dates_of(rules, facts));
        EXPECT_EQ(dates_of(rules, facts).error().detail,
                  "validity: the clock is outside 1950 to 9999");
    }
    facts.now = no_expiry();
    EXPECT_EQ(dates_of(one_day(), facts).error().detail,
              "validity: it would end after the year 9999");
    facts.now = at("1950-01-01T12:00:00Z");
    const auto first = dates_of(rules, facts);
    ASSERT_TRUE(first);
    EXPECT_EQ(to_rfc3339(first->not_before), "1950-01-01T00:00:00Z");
}

}  // namespace
}  // namespace hallmark
