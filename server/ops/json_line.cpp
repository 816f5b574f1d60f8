#include "server/ops/json_line.h"

#include <array>
#include <cstdint>
#include <cstdio>

namespace hallmark {
namespace {

/// Octets of the well-formed sequence at the front (Unicode 15, table 3-7), or 0.
std::size_t sequence_at(std::string_view text) {
    const auto octet = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const auto continues = [&](std::size_t at, unsigned char low = 0x80,
                               unsigned char high = 0xbf) {
        return at < text.size() && octet(at) >= low && octet(at) <= high;
    };
    const unsigned char first = octet(0);
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return continues(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        const unsigned char low = first == 0xe0 ? 0xa0 : 0x80;
        const unsigned char high = first == 0xed ? 0x9f : 0xbf;
        return continues(1, low, high) && continues(2) ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        const unsigned char low = first == 0xf0 ? 0x90 : 0x80;
        const unsigned char high = first == 0xf4 ? 0x8f : 0xbf;
        return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
    }
    return 0;
}

/// C0, DEL and C1 (U+0080 to U+009F): what a terminal might obey.
bool is_control(std::string_view sequence) {
    const auto first = static_cast<unsigned char>(sequence[0]);
    if (sequence.size() == 1) return first < 0x20 || first == 0x7f;
    return first == 0xc2 && static_cast<unsigned char>(sequence[1]) < 0xa0;
}

std::string escaped(std::string_view sequence) {
    const auto octet = static_cast<unsigned char>(sequence.back());
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "\\u%04x", static_cast<unsigned>(octet));
    return text.data();
}

}  // namespace

std::string json_string(std::string_view text) {
    std::string out = "\"";
    while (!text.empty()) {
        const std::size_t size = sequence_at(text);
        const std::string_view sequence = text.substr(0, size == 0 ? 1 : size);
        if (size == 0) {
            out += "\\ufffd";
        } else if (sequence == "\"" || sequence == "\\") {
            out += '\\';
            out += sequence;
        } else if (is_control(sequence)) {
            out += escaped(sequence);
        } else {
            out += sequence;
        }
        text.remove_prefix(sequence.size());
    }
    return out + '"';
}

}  // namespace hallmark
