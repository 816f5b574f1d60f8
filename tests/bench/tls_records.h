// TLS 1.3 with client certificates on a loopback socket, and nothing above it.
#pragma once

#include "tests/bench/terms.h"

#include <cstddef>
#include <vector>

namespace hallmark::testing {

struct Exchange {
    std::size_t asked, given;  ///< Octets.
};

/// One act: each exchange once, written, read, answered and read, by one thread that plays both
/// ends.
[[nodiscard]] Act tls_exchange(const std::vector<Exchange>& exchanges);

}  // namespace hallmark::testing
