// The request target, taken apart strictly: segments are split before they are decoded, so that an
// encoded slash stays inside its segment. Refuses dot segments, empty segments and whatever is not
// printable ASCII.
#pragma once

#include "ca/domain/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

struct Target {
    std::vector<std::string> segments;  ///< Decoded; "/" has none.
    std::string path;                   ///< Decoded, for handlers that look at it whole.
    std::string query;                  ///< As it stands behind '?'.
};

/// RFC 3986 2.1: every '%' is followed by two hexadecimal digits; nullopt otherwise, and for an
/// octet outside 0x20 to 0x7e after decoding (no name of ours needs one).
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);

/// RFC 9112 3.2.1, the origin form alone: no absolute form (this is no proxy), no authority, no
/// '*', no fragment. Refuses with malformed_request.
[[nodiscard]] Result<Target> parse_target(std::string_view text);

}  // namespace hallmark
