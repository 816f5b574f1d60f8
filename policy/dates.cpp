#include "policy/dates.h"

#include <algorithm>

namespace hallmark {
namespace {

using namespace std::chrono;

Refusal denied(std::string_view why) {
    return {Reason::policy_denied, "validity: " + std::string(why)};
}

/// UTCTime's first year (RFC 5280 4.1.2.5.1).
Instant first_instant() {
    return sys_days(year(1950) / January / 1);
}

Instant round_up(Instant instant, bool to_hour) {
    return to_hour ? Instant(ceil<hours>(instant)) : Instant(ceil<seconds>(instant));
}

/// The same day and time `count` years on; 29 February becomes 28 where there is none.
Instant add_years(Instant instant, std::uint32_t count) {
    const auto day = floor<days>(instant);
    const year_month_day date(day);
    const auto month = date.year() / date.month() + years(static_cast<int>(count));
    const auto moved =
        date.day() > (month / last).day() ? month / (month / last).day() : month / date.day();
    return Instant(sys_days(moved)) + (instant - day);
}

}  // namespace

Result<CertificateDates> dates_of(const ValidityRules& rules, const RequestFacts& facts) {
    if (facts.now < first_instant() || facts.now > no_expiry())
        return denied("the clock is outside 1950 to 9999");
    if (facts.issuer_not_before > facts.now) return denied("the issuer is not valid yet");
    if (facts.issuer_not_after < facts.now) return denied("the issuer has expired");

    const Instant wanted = facts.now - rules.backdate;
    const Instant earliest =
        round_up(std::max(facts.issuer_not_before, first_instant()), rules.truncate_to_hour);
    CertificateDates dates;
    dates.not_before = std::max(
        rules.truncate_to_hour ? floor_to_hour(wanted) : floor_to_second(wanted), earliest);
    if (dates.not_before > facts.now)
        return denied("no whole hour lies between the issuer's start and now");

    dates.not_after = rules.no_expiry  ? no_expiry()
                      : rules.days > 0 ? dates.not_before + days(rules.days)
                                       : add_years(dates.not_before, rules.years);
    if (dates.not_after > no_expiry()) return denied("it would end after the year 9999");
    if (dates.not_after <= facts.now) return denied("it would have ended already");
    if (!rules.outlive_issuer && dates.not_after > facts.issuer_not_after) {
        return denied("it would outlive its issuer");
    }
    return dates;
}

}  // namespace hallmark
