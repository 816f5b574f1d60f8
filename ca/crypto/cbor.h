// A strict reader of CBOR (RFC 8949): definite lengths, shortest forms, no duplicate keys, a
// bounded depth and number of items. What evidence uses and nothing else: no floating point, no
// simple values but false, true and null. Map keys may stand in any order; a signed byte string is
// kept as it is.
#pragma once

#include "ca/domain/bytes.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace hallmark {

struct CborItem {
    enum class Kind { number, bytes, text, array, map, tagged, boolean, null };
    Kind kind = Kind::null;
    std::int64_t number = 0;  ///< Also the tag's number, and 0 or 1 of a boolean.
    Bytes octets;             ///< Of bytes and text; text is UTF-8.
    std::vector<CborItem>
        items;  ///< Of an array, in order; of a map, key and value in turn; one of tagged.

    [[nodiscard]] std::string_view text() const noexcept { return as_text(octets); }
    /// The value of a map's key; null where there is none, or this is no map.
    [[nodiscard]] const CborItem* find(std::string_view key) const noexcept;
    [[nodiscard]] const CborItem* find(std::int64_t key) const noexcept;
    [[nodiscard]] std::size_t pairs() const noexcept { return items.size() / 2; }
};

struct CborLimits {
    std::size_t octets = 64 * 1024;
    std::size_t depth = 8;
    std::size_t items = 1024;
};

/// The first item of the input, which is cut off it; nullopt where none is well-formed.
[[nodiscard]] std::optional<CborItem> take_cbor(ByteView& input, const CborLimits& limits = {});
/// The whole input as one item; nullopt where anything trails.
[[nodiscard]] std::optional<CborItem> parse_cbor(ByteView input, const CborLimits& limits = {});

}  // namespace hallmark
