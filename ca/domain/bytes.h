// Bytes and their text forms. Decoders are strict: one input, one output, nothing skipped.
// Refuses to know what the bytes mean.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

using Bytes = std::vector<unsigned char>;
using ByteView = std::span<const unsigned char>;
/// SHA-256 throughout; other hashes are plain Bytes.
using Digest = std::array<unsigned char, 32>;

[[nodiscard]] Bytes to_bytes(std::string_view text);
[[nodiscard]] Bytes to_bytes(ByteView view);
[[nodiscard]] std::string_view as_text(ByteView bytes);
[[nodiscard]] ByteView as_bytes(std::string_view text);
void append(Bytes& to, ByteView more);
void append(Bytes& to, std::string_view more);
/// Joins the parts in order.
[[nodiscard]] Bytes concat(std::initializer_list<ByteView> parts);
[[nodiscard]] bool equal(ByteView left, ByteView right) noexcept;

/// Lower-case hexadecimal, two digits a byte.
[[nodiscard]] std::string to_hex(ByteView bytes);
/// Either case; nullopt on odd length or a foreign character.
[[nodiscard]] std::optional<Bytes> from_hex(std::string_view text);
[[nodiscard]] std::optional<Digest> digest_from_hex(std::string_view text);
/// Copies 32 bytes; nullopt for any other length.
[[nodiscard]] std::optional<Digest> digest_from_bytes(ByteView bytes);

/// RFC 4648 section 4, padded.
[[nodiscard]] std::string to_base64(ByteView bytes);
/// RFC 4648 section 4: padding required, no white space, unused bits zero; else nullopt.
[[nodiscard]] std::optional<Bytes> from_base64(std::string_view text);
/// RFC 4648 section 5 without padding, as in JWS (RFC 7515 section 2).
[[nodiscard]] std::string to_base64url(ByteView bytes);
[[nodiscard]] std::optional<Bytes> from_base64url(std::string_view text);

}  // namespace hallmark
