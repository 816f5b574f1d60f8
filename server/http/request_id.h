// The name that a request bears in every log line and in its problem document: a random UUID, so
// that it tells nothing and cannot be guessed into somebody else's.
#pragma once

#include <string>

namespace hallmark {

/// RFC 9562 5.4, lower case. Throws Fault where the generator fails.
[[nodiscard]] std::string make_request_id();

}  // namespace hallmark
