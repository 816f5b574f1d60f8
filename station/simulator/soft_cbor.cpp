#include "station/simulator/soft_cbor.h"

namespace hallmark {
namespace {

// RFC 8949 3: major types.
constexpr unsigned unsigned_number = 0, negative = 1, byte_string = 2, text_string = 3, array = 4,
                   map = 5;

Bytes head(unsigned major, std::uint64_t argument) {
    const auto first = [&](unsigned information) {
        return static_cast<unsigned char>(major << 5 | information);
    };
    if (argument < 24) return {first(static_cast<unsigned>(argument))};
    const unsigned log = argument <= 0xFF         ? 0
                         : argument <= 0xFFFF     ? 1
                         : argument <= 0xFFFFFFFF ? 2
                                                  : 3;
    Bytes octets{first(24 + log)};
    for (unsigned shift = 8u << log; shift > 0; shift -= 8)
        octets.push_back(static_cast<unsigned char>(argument >> (shift - 8)));
    return octets;
}

}  // namespace

Bytes soft_cbor_number(std::int64_t value) {
    return value < 0 ? head(negative, static_cast<std::uint64_t>(-1 - value))
                     : head(unsigned_number, static_cast<std::uint64_t>(value));
}

Bytes soft_cbor_bytes(ByteView octets) {
    Bytes item = head(byte_string, octets.size());
    append(item, octets);
    return item;
}

Bytes soft_cbor_text(std::string_view text) {
    Bytes item = head(text_string, text.size());
    append(item, text);
    return item;
}

Bytes soft_cbor_array(const std::vector<Bytes>& items) {
    Bytes all = head(array, items.size());
    for (const Bytes& item : items)
        append(all, ByteView(item));
    return all;
}

Bytes soft_cbor_map(const std::vector<std::pair<Bytes, Bytes>>& pairs) {
    Bytes all = head(map, pairs.size());
    for (const auto& [key, value] : pairs) {
        append(all, ByteView(key));
        append(all, ByteView(value));
    }
    return all;
}

}  // namespace hallmark
