// The header fields that every answer bears, and the check that a handler's own are fields at all.
#pragma once

#include "ca/domain/clock.h"
#include "server/http/http.h"

#include <string>
#include <string_view>

namespace hallmark {

/// The same answer. Throws std::logic_error for a status that is not final and for a field name or
/// value that RFC 9110 5.5 does not allow: a handler's to get right.
[[nodiscard]] HttpAnswer checked_answer(HttpAnswer answer);

/// Adds Content-Type, Cache-Control: no-store (unless the handler chose), X-Content-Type-Options,
/// X-Request-Id and, with a clock, Date.
void complete_answer(HttpAnswer& answer, const std::string& request_id, const Clock* clock);

/// RFC 9110 5.6.7: Sun, 06 Nov 1994 08:49:37 GMT
[[nodiscard]] std::string to_http_date(Instant instant);

[[nodiscard]] std::string lower_case(std::string_view text);

}  // namespace hallmark
