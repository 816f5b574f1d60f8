// CBOR (RFC 8949) as elements write it: definite lengths, shortest forms. For the simulators alone.
#pragma once

#include "ca/domain/bytes.h"

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace hallmark {

[[nodiscard]] Bytes soft_cbor_number(std::int64_t value);
[[nodiscard]] Bytes soft_cbor_bytes(ByteView octets);
[[nodiscard]] Bytes soft_cbor_text(std::string_view text);
[[nodiscard]] Bytes soft_cbor_array(const std::vector<Bytes>& items);
/// Pairs as they come; keys and values are CBOR already.
[[nodiscard]] Bytes soft_cbor_map(const std::vector<std::pair<Bytes, Bytes>>& pairs);

}  // namespace hallmark
