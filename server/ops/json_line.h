// JSON written by hand where any octets may come in: log lines and the health answer. Always valid
// UTF-8 and always one line, whatever the caller's text holds.
#pragma once

#include <string>
#include <string_view>

namespace hallmark {

/// A JSON string, quotes included (RFC 8259 section 7). Control characters are escaped, and so is
/// everything that is not well-formed UTF-8 (as U+FFFD), so that no text can end the line, hide
/// behind a terminal's escape or spoil the parser.
[[nodiscard]] std::string json_string(std::string_view text);

}  // namespace hallmark
