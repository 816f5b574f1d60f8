// Strict JSON (RFC 8259) for foreign documents and records, over Boost.JSON, and one canonical
// writing. Duplicate members, numbers out of range, invalid UTF-8, depth and size over the limit
// are refused. Never our API's bodies below the doors.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/result.h"

#include <string>
#include <string_view>

#include <boost/json/fwd.hpp>
#include <boost/json/storage_ptr.hpp>

namespace hallmark {

struct JsonLimits {
    std::size_t octets = 256 * 1024;
    std::size_t depth = 16;
    std::size_t members = 10'000;  ///< Over the whole document.
};

/// One document, nothing after it. The value lives in `storage`, and no longer than that. Reason:
/// malformed_request, with the place in the detail.
[[nodiscard]] Result<boost::json::value> parse_json(std::string_view text,
                                                    const JsonLimits& limits = {},
                                                    boost::json::storage_ptr storage = {});

/// Canonical form (RFC 8785 restricted to what we write: objects, arrays, strings, booleans, null
/// and integers): members sorted by UTF-16 code units, no white space, shortest escapes. Throws
/// std::logic_error on a double.
[[nodiscard]] std::string canonical_json(const boost::json::value& value);

}  // namespace hallmark
