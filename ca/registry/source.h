// A station's source network: CIDR text in, one question answered. Refuses names, host bits and
// scope ids.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/result.h"

#include <string_view>

namespace hallmark {

struct Network {
    Bytes address;  ///< 4 or 16 octets, host bits zero.
    unsigned prefix = 0;
};

/// RFC 4632 section 3.1, RFC 4291 section 2.3: address, slash, decimal prefix; bits beyond the
/// prefix are zero. Reason: malformed_request.
[[nodiscard]] Result<Network> parse_network(std::string_view text);

/// False for whatever is not a numeric address. An IPv4-mapped address (RFC 4291 section 2.5.5.2)
/// counts as IPv4.
[[nodiscard]] bool contains(const Network& network, std::string_view address);

}  // namespace hallmark
