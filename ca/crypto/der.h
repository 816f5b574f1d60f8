// Exact DER (X.690): a bounded reader that takes nothing but the one encoding, and a writer that
// makes it. Refuses to know certificates; those are in certificate.h.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace hallmark {

namespace tag {
inline constexpr std::uint8_t boolean = 0x01, integer = 0x02, bit_string = 0x03,
                              octet_string = 0x04, null = 0x05, oid = 0x06, enumerated = 0x0A,
                              utf8_string = 0x0C, printable_string = 0x13, ia5_string = 0x16,
                              utc_time = 0x17, generalized_time = 0x18, sequence = 0x30, set = 0x31;
[[nodiscard]] constexpr std::uint8_t context(unsigned number, bool constructed) {
    return static_cast<std::uint8_t>(0x80u | (constructed ? 0x20u : 0u) | number);
}
}  // namespace tag

/// One TLV inside a buffer that must outlive it.
struct DerElement {
    std::uint8_t tag = 0;
    ByteView content;
    ByteView whole;  ///< Tag and length octets included.
};

/// An explicit context tag of whatever number, and what it wraps.
struct DerTagged {
    std::uint32_t number = 0;
    ByteView content;
};

/// Reads TLVs one after another. Definite, minimal lengths; low tag numbers (below 31) alone, but
/// for `tagged`.
/// Every read answers nullopt on anything else and then stays at its place.
class DerReader {
public:
    explicit DerReader(ByteView input) : rest_(input) {}

    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
    [[nodiscard]] ByteView rest() const noexcept { return rest_; }
    [[nodiscard]] bool next_is(std::uint8_t wanted) const noexcept {
        return !rest_.empty() && rest_[0] == wanted;
    }
    [[nodiscard]] std::optional<DerElement> any();
    [[nodiscard]] std::optional<DerElement> element(std::uint8_t wanted);
    /// Content of the next element if it bears this tag.
    [[nodiscard]] std::optional<ByteView> content(std::uint8_t wanted);
    [[nodiscard]] std::optional<DerReader> sequence();
    [[nodiscard]] std::optional<DerReader> inside(std::uint8_t wanted);
    /// X.690 11.1: FF or 00, nothing else.
    [[nodiscard]] std::optional<bool> boolean();
    /// Two's complement content octets of a minimal INTEGER.
    [[nodiscard]] std::optional<ByteView> integer();
    /// A non-negative INTEGER below 2^63.
    [[nodiscard]] std::optional<std::int64_t> small_integer();
    /// Dotted decimal; first arcs by X.690 8.19.4; each arc below 2^63; 64 content
    /// octets at most.
    [[nodiscard]] std::optional<std::string> oid();
    /// A BIT STRING with no unused bits.
    [[nodiscard]] std::optional<ByteView> octet_aligned_bit_string();
    /// The next element where it bears a constructed context tag: the number in its one form (X.690
    /// 8.1.2), below 2^14.
    [[nodiscard]] std::optional<DerTagged> tagged();
    /// UTCTime or GeneralizedTime in the form of RFC 5280 4.1.2.5.
    [[nodiscard]] std::optional<Instant> time();

private:
    ByteView rest_;
};

/// The whole input as one element with this tag; nullopt when anything trails.
[[nodiscard]] std::optional<DerElement> sole_element(ByteView input, std::uint8_t wanted);

[[nodiscard]] Bytes der(std::uint8_t tag, ByteView content);
[[nodiscard]] Bytes der_sequence(std::initializer_list<ByteView> parts);
/// The parts in ascending order of their encodings (X.690 11.6).
[[nodiscard]] Bytes der_set_of(std::vector<Bytes> parts);
[[nodiscard]] Bytes der_boolean(bool value);
[[nodiscard]] Bytes der_integer(std::int64_t value);
/// A positive INTEGER from its magnitude; leading zeros go, a sign octet comes where needed.
[[nodiscard]] Bytes der_unsigned(ByteView magnitude);
/// Throws std::logic_error when `dotted` is no OID: OIDs of foreign origin are parsed first.
[[nodiscard]] Bytes der_oid(std::string_view dotted);
[[nodiscard]] bool is_oid(std::string_view dotted);
[[nodiscard]] Bytes der_null();
[[nodiscard]] Bytes der_octet_string(ByteView content);
[[nodiscard]] Bytes der_bit_string(ByteView content);
/// Named bits, first bit first: bit `count` - 1 of the value is bit 0 of the string, bit 0 the last
/// of `count`. Trailing zero bits are cut (X.690 11.2.2). KeyUsage digitalSignature: (0b100000000,
/// 9).
[[nodiscard]] Bytes der_named_bits(std::uint32_t bits_first_highest, unsigned count);
[[nodiscard]] Bytes der_utf8(std::string_view text);
[[nodiscard]] Bytes der_printable(std::string_view text);
[[nodiscard]] Bytes der_ia5(std::string_view text);
/// UTCTime until 2049, GeneralizedTime from 2050 (RFC 5280 4.1.2.5); cut to the second.
[[nodiscard]] Bytes der_time(Instant instant);

}  // namespace hallmark
