// The query of a target: known names, each at most once, percent-decoded. Anything else refuses the
// request.
#pragma once

#include "ca/domain/result.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

/// Reason: malformed_request. Names that are absent are absent from the map.
[[nodiscard]] Result<std::map<std::string, std::string>> parse_query(
    std::string_view query, const std::vector<std::string>& known);

}  // namespace hallmark
