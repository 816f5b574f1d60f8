// The header fields that every answer bears, and the check that a handler's own are fields at all.
#pragma once

#include <string>
#include <string_view>

#include "ca/domain/clock.h"
#include "server/http/http.h"

namespace hallmark {

/// Adds Content-Type, Cache-Control: no-store (unless the handler chose), X-Content-Type-Options, X-Request-Id and, with
/// a clock, Date. Throws std::logic_error for a name or value that RFC 9110 5.5 does not allow: ours to get right.
[[nodiscard]] HttpAnswer complete_answer(HttpAnswer answer, const std::string& request_id, const Clock* clock);

/// RFC 9110 5.6.7: Sun, 06 Nov 1994 08:49:37 GMT
[[nodiscard]] std::string to_http_date(Instant instant);

[[nodiscard]] std::string lower_case(std::string_view text);

}  // namespace hallmark
