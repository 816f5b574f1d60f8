// Cuts one long JSON array into the texts of its objects, so that a document of many megabytes is
// parsed entry by entry. Knows brackets and strings alone: what each text holds is ca/json's to
// judge.
#pragma once

#include "ca/domain/result.h"

#include <string_view>
#include <vector>

namespace hallmark {

struct JsonArrayLimits {
    std::size_t octets = 0;
    std::size_t entries = 0;
    std::size_t entry_octets = 0;
};

/// The texts of the array's objects, in order, without copying; white space and commas between them
/// as in RFC 8259 section 5, nothing before the array or after it. Reason: invalid_document,
/// too_large.
[[nodiscard]] Result<std::vector<std::string_view>> split_json_array(std::string_view text,
                                                                     const JsonArrayLimits& limits);

}  // namespace hallmark
