#include "ca/domain/bytes.h"

#include <algorithm>

namespace hallmark {
namespace {

constexpr std::string_view standard_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::array<signed char, 256> inverse_of(std::string_view alphabet) {
    std::array<signed char, 256> inverse{};
    for (auto& value : inverse)
        value = -1;
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        inverse[static_cast<unsigned char>(alphabet[i])] = static_cast<signed char>(i);
    }
    return inverse;
}

constexpr auto standard_inverse = inverse_of(standard_alphabet);
constexpr auto url_inverse = inverse_of(url_alphabet);

std::string encode(ByteView bytes, std::string_view alphabet, bool padded) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = static_cast<std::uint32_t>(bytes[i]) << 16;
        if (count > 1) group |= static_cast<std::uint32_t>(bytes[i + 1]) << 8;
        if (count > 2) group |= bytes[i + 2];
        for (std::size_t digit = 0; digit <= count; ++digit) {
            text.push_back(alphabet[(group >> (18 - 6 * digit)) & 63]);
        }
        if (padded) text.append(3 - count, '=');
    }
    return text;
}

std::optional<Bytes> decode(std::string_view digits, const std::array<signed char, 256>& inverse) {
    if (digits.size() % 4 == 1) return std::nullopt;
    Bytes bytes(digits.size() * 3 / 4);
    unsigned char* at = bytes.data();
    const auto value_of = [&](char digit) {
        return std::int32_t{inverse[static_cast<unsigned char>(digit)]};
    };
    for (; digits.size() >= 4; digits.remove_prefix(4)) {
        // One that is no digit is negative, and so are the four together.
        const std::int32_t all = value_of(digits[0]) << 18 | value_of(digits[1]) << 12 |
                                 value_of(digits[2]) << 6 | value_of(digits[3]);
        if (all < 0) return std::nullopt;
        *at++ = static_cast<unsigned char>(all >> 16);
        *at++ = static_cast<unsigned char>(all >> 8);
        *at++ = static_cast<unsigned char>(all);
    }
    std::uint32_t group = 0;
    int bits = 0;
    for (const char digit : digits) {
        const std::int32_t value = value_of(digit);
        if (value < 0) return std::nullopt;
        group = (group << 6) | static_cast<std::uint32_t>(value);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        *at++ = static_cast<unsigned char>(group >> bits);
        group &= (1u << bits) - 1;
    }
    if (group != 0) return std::nullopt;  // Unused bits would give one value two spellings.
    return bytes;
}

int hex_value(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

}  // namespace

Bytes to_bytes(std::string_view text) {
    return {text.begin(), text.end()};
}

Bytes to_bytes(ByteView view) {
    return {view.begin(), view.end()};
}

std::string_view as_text(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

ByteView as_bytes(std::string_view text) {
    return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

void append(Bytes& to, ByteView more) {
    to.insert(to.end(), more.begin(), more.end());
}

void append(Bytes& to, std::string_view more) {
    to.insert(to.end(), more.begin(), more.end());
}

Bytes concat(std::initializer_list<ByteView> parts) {
    Bytes joined;
    std::size_t size = 0;
    for (const ByteView part : parts)
        size += part.size();
    joined.reserve(size);
    for (const ByteView part : parts)
        append(joined, part);
    return joined;
}

bool equal(ByteView left, ByteView right) noexcept {
    return std::equal(left.begin(), left.end(), right.begin(), right.end());
}

std::string to_hex(ByteView bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text(bytes.size() * 2, '\0');
    char* at = text.data();
    for (const unsigned char byte : bytes) {
        *at++ = digits[byte >> 4];
        *at++ = digits[byte & 15];
    }
    return text;
}

std::optional<Bytes> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    Bytes bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hex_value(text[i]);
        const int low = hex_value(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes.push_back(static_cast<unsigned char>(high << 4 | low));
    }
    return bytes;
}

std::optional<Digest> digest_from_hex(std::string_view text) {
    const auto bytes = from_hex(text);
    if (!bytes) return std::nullopt;
    return digest_from_bytes(*bytes);
}

std::optional<Digest> digest_from_bytes(ByteView bytes) {
    Digest digest{};
    if (bytes.size() != digest.size()) return std::nullopt;
    std::copy(bytes.begin(), bytes.end(), digest.begin());
    return digest;
}

std::string to_base64(ByteView bytes) {
    return encode(bytes, standard_alphabet, true);
}

std::optional<Bytes> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=')
        ++padding;
    return decode(text.substr(0, text.size() - padding), standard_inverse);
}

std::string to_base64url(ByteView bytes) {
    return encode(bytes, url_alphabet, false);
}

std::optional<Bytes> from_base64url(std::string_view text) {
    return decode(text, url_inverse);
}

}  // namespace hallmark
