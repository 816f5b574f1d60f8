#include "ca/domain/clock.h"

#include <array>
#include <charconv>
#include <cstdio>

namespace hallmark {
namespace {

using std::chrono::microseconds;

/// Exactly `count` digits at `at`; moves `at` past them.
std::optional<int> digits(std::string_view text, std::size_t& at, std::size_t count) {
    if (at + count > text.size()) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const char c = text[at + i];
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    at += count;
    return value;
}

bool literal(std::string_view text, std::size_t& at, char wanted) {
    if (at >= text.size() || text[at] != wanted) return false;
    ++at;
    return true;
}

/// ".123456" or nothing; nullopt when malformed.
std::optional<microseconds> fraction(std::string_view text, std::size_t& at) {
    if (at >= text.size() || text[at] != '.') return microseconds(0);
    ++at;
    int value = 0;
    int scale = 1'000'000;
    const std::size_t first = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
        if (scale == 1) return std::nullopt;
        scale /= 10;
        value += (text[at] - '0') * scale;
        ++at;
    }
    if (at == first) return std::nullopt;
    return microseconds(value);
}

std::optional<std::chrono::minutes> offset(std::string_view text, std::size_t& at) {
    if (literal(text, at, 'Z')) return std::chrono::minutes(0);
    const bool east = at < text.size() && text[at] == '+';
    if (!east && (at >= text.size() || text[at] != '-')) return std::nullopt;
    ++at;
    const auto hours = digits(text, at, 2);
    if (!hours || *hours > 23 || !literal(text, at, ':')) return std::nullopt;
    const auto minutes = digits(text, at, 2);
    if (!minutes || *minutes > 59) return std::nullopt;
    const std::chrono::minutes ahead(*hours * 60 + *minutes);
    return east ? ahead : -ahead;
}

}  // namespace

Instant no_expiry() {
    using namespace std::chrono;
    return sys_days(year(9999) / December / 31) + hours(23) + minutes(59) + seconds(59);
}

Instant floor_to_second(Instant instant) {
    return std::chrono::floor<std::chrono::seconds>(instant);
}

Instant floor_to_hour(Instant instant) {
    return std::chrono::floor<std::chrono::hours>(instant);
}

std::string to_rfc3339(Instant instant) {
    using namespace std::chrono;
    const auto day = floor<days>(instant);
    const year_month_day date(day);
    const hh_mm_ss time(instant - day);
    std::array<char, 48> text{};
    const int size = std::snprintf(
        text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
        static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
        static_cast<int>(time.seconds().count()));
    std::string out(text.data(), static_cast<std::size_t>(size));
    if (time.subseconds().count() != 0) {
        const int more = std::snprintf(text.data(), text.size(), ".%06d",
                                       static_cast<int>(time.subseconds().count()));
        out.append(text.data(), static_cast<std::size_t>(more));
    }
    return out + "Z";
}

std::optional<Instant> from_rfc3339(std::string_view text) {
    using namespace std::chrono;
    std::size_t at = 0;
    const auto y = digits(text, at, 4);
    if (!y || !literal(text, at, '-')) return std::nullopt;
    const auto mo = digits(text, at, 2);
    if (!mo || !literal(text, at, '-')) return std::nullopt;
    const auto d = digits(text, at, 2);
    if (!d || !(literal(text, at, 'T') || literal(text, at, 't'))) return std::nullopt;
    const auto h = digits(text, at, 2);
    if (!h || *h > 23 || !literal(text, at, ':')) return std::nullopt;
    const auto mi = digits(text, at, 2);
    if (!mi || *mi > 59 || !literal(text, at, ':')) return std::nullopt;
    const auto s = digits(text, at, 2);
    if (!s || *s > 59) return std::nullopt;
    const auto sub = fraction(text, at);
    if (!sub) return std::nullopt;
    const auto zone = offset(text, at);
    if (!zone || at != text.size()) return std::nullopt;
    const year_month_day date(year(*y), month(static_cast<unsigned>(*mo)),
                              day(static_cast<unsigned>(*d)));
    if (!date.ok()) return std::nullopt;
    const Instant instant =
        Instant(sys_days(date)) + hours(*h) + minutes(*mi) + seconds(*s) + *sub - *zone;
    // RFC 3339 1: years 0000 to 9999, out of which an offset could lead.
    const bool has_a_writing =
        instant >= sys_days(year(0) / January / 1) && instant < no_expiry() + seconds(1);
    return has_a_writing ? std::optional(instant) : std::nullopt;
}

Instant SystemClock::now() const {
    return std::chrono::floor<microseconds>(std::chrono::system_clock::now());
}

}  // namespace hallmark
