#include "server/http/answer_head.h"

#include <array>
#include <cstdio>
#include <stdexcept>

namespace hallmark {
namespace {

/// RFC 9110 5.6.2: token.
bool is_token(std::string_view text) {
    static constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    for (const char c : text) {
        const bool letter =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && marks.find(c) == std::string_view::npos) return false;
    }
    return !text.empty();
}

/// RFC 9110 5.5: visible characters, space and tab; no CR, LF or NUL, which would start another
/// field.
bool is_field_value(std::string_view text) {
    for (const char c : text) {
        if ((c < 0x20 && c != '\t') || c == 0x7f) return false;
    }
    return true;
}

bool names(const HttpAnswer& answer, std::string_view lower_case_name) {
    for (const auto& [name, value] : answer.headers) {
        if (lower_case(name) == lower_case_name) return true;
    }
    return false;
}

}  // namespace

std::string lower_case(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

HttpAnswer checked_answer(HttpAnswer answer) {
    if (answer.status < 200 || answer.status > 599)
        throw std::logic_error("a handler gave no final status");
    for (const auto& [name, value] : answer.headers) {
        if (!is_token(name) || !is_field_value(value))
            throw std::logic_error("a handler gave a bad header field");
    }
    if (!is_field_value(answer.content_type))
        throw std::logic_error("a handler gave a bad content type");
    return answer;
}

void complete_answer(HttpAnswer& answer, const std::string& request_id, const Clock* clock) {
    if (!answer.content_type.empty() && answer.status != 204) {
        answer.headers.emplace_back("Content-Type", answer.content_type);
    }
    // RFC 9110 10.2.3; whoever is told to come back is told when.
    if ((answer.status == 429 || answer.status == 503) && !names(answer, "retry-after"))
        answer.headers.emplace_back("Retry-After", "1");
    if (!names(answer, "cache-control")) answer.headers.emplace_back("Cache-Control", "no-store");
    answer.headers.emplace_back("X-Content-Type-Options", "nosniff");
    answer.headers.emplace_back("X-Request-Id", request_id);
    if (clock != nullptr) answer.headers.emplace_back("Date", to_http_date(clock->now()));
}

std::string to_http_date(Instant instant) {
    static constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed",
                                                     "Thu", "Fri", "Sat"};
    static constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(instant);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(instant - day));
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                  days.at(std::chrono::weekday(day).c_encoding()),
                  static_cast<unsigned>(date.day()),
                  months.at(static_cast<unsigned>(date.month()) - 1), static_cast<int>(date.year()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    return text.data();
}

}  // namespace hallmark
