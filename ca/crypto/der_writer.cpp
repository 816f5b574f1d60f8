#include "ca/crypto/der.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdio>
#include <stdexcept>

namespace hallmark {

namespace {

void append_header(Bytes& to, std::uint8_t tag, std::size_t length) {
    to.push_back(tag);
    if (length < 0x80) {
        to.push_back(static_cast<unsigned char>(length));
        return;
    }
    unsigned octets = 0;
    for (std::size_t rest = length; rest != 0; rest >>= 8)
        ++octets;
    to.push_back(static_cast<unsigned char>(0x80u | octets));
    for (unsigned i = octets; i-- > 0;)
        to.push_back(static_cast<unsigned char>(length >> 8 * i));
}

void append_subidentifier(Bytes& to, std::uint64_t value) {
    unsigned groups = 1;
    for (std::uint64_t rest = value >> 7; rest != 0; rest >>= 7)
        ++groups;
    for (unsigned i = groups; i-- > 0;) {
        const auto group = static_cast<unsigned char>((value >> 7 * i) & 0x7Fu);
        to.push_back(static_cast<unsigned char>(i == 0 ? group : group | 0x80u));
    }
}

/// Arcs in canonical decimal, each below 2^63; nullopt when the text is no OID.
std::optional<std::vector<std::uint64_t>> arcs_of(std::string_view dotted) {
    std::vector<std::uint64_t> arcs;
    for (;;) {
        const std::size_t dot = dotted.find('.');
        const std::string_view part = dotted.substr(0, dot);
        std::uint64_t arc = 0;
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), arc);
        if (error != std::errc() || end != part.data() + part.size()) return std::nullopt;
        if (part.size() > 1 && part[0] == '0') return std::nullopt;
        if (arc >> 63 != 0) return std::nullopt;
        arcs.push_back(arc);
        if (dot == std::string_view::npos) break;
        dotted.remove_prefix(dot + 1);
    }
    if (arcs.size() < 2 || arcs[0] > 2 || (arcs[0] < 2 && arcs[1] > 39)) return std::nullopt;
    return arcs;
}

}  // namespace

Bytes der(std::uint8_t tag, ByteView content) {
    Bytes out;
    out.reserve(content.size() + 6);
    append_header(out, tag, content.size());
    append(out, content);
    return out;
}

Bytes der_sequence(std::initializer_list<ByteView> parts) {
    std::size_t length = 0;
    for (const ByteView part : parts)
        length += part.size();
    Bytes out;
    out.reserve(length + 6);
    append_header(out, tag::sequence, length);
    for (const ByteView part : parts)
        append(out, part);
    return out;
}

Bytes der_set_of(std::vector<Bytes> parts) {
    std::sort(parts.begin(), parts.end());
    Bytes content;
    for (const Bytes& part : parts)
        append(content, part);
    return der(tag::set, content);
}

Bytes der_boolean(bool value) {
    const unsigned char octet = value ? 0xFF : 0x00;
    return der(tag::boolean, ByteView(&octet, 1));
}

Bytes der_integer(std::int64_t value) {
    Bytes content;
    for (int shift = 56; shift >= 0; shift -= 8) {
        content.push_back(static_cast<unsigned char>(value >> shift));
    }
    // X.690 8.3.2: leading octets that only repeat the sign go.
    const unsigned char sign = value < 0 ? 0xFF : 0x00;
    while (content.size() > 1 && content[0] == sign && (content[1] & 0x80u) == (sign & 0x80u)) {
        content.erase(content.begin());
    }
    return der(tag::integer, content);
}

Bytes der_unsigned(ByteView magnitude) {
    while (!magnitude.empty() && magnitude[0] == 0)
        magnitude = magnitude.subspan(1);
    Bytes content;
    if (magnitude.empty() || (magnitude[0] & 0x80u) != 0) content.push_back(0);
    append(content, magnitude);
    return der(tag::integer, content);
}

Bytes der_oid(std::string_view dotted) {
    const auto arcs = arcs_of(dotted);
    if (!arcs) throw std::logic_error("no OID: " + std::string(dotted));
    Bytes content;
    append_subidentifier(content, (*arcs)[0] * 40 + (*arcs)[1]);
    for (std::size_t i = 2; i < arcs->size(); ++i)
        append_subidentifier(content, (*arcs)[i]);
    return der(tag::oid, content);
}

bool is_oid(std::string_view dotted) {
    return arcs_of(dotted).has_value();
}

Bytes der_null() {
    return {tag::null, 0x00};
}

Bytes der_octet_string(ByteView content) {
    return der(tag::octet_string, content);
}

Bytes der_bit_string(ByteView content) {
    Bytes out;
    out.reserve(content.size() + 7);
    append_header(out, tag::bit_string, content.size() + 1);
    out.push_back(0);
    append(out, content);
    return out;
}

Bytes der_named_bits(std::uint32_t bits_first_highest, unsigned count) {
    if (count > 32) throw std::logic_error("more than 32 named bits");
    std::uint32_t bits = count == 0 ? 0 : bits_first_highest << (32 - count);
    if (bits == 0) return {tag::bit_string, 0x01, 0x00};
    const auto used = static_cast<unsigned>(32 - std::countr_zero(bits));
    const unsigned octets = (used + 7) / 8;
    Bytes content{static_cast<unsigned char>(octets * 8 - used)};
    for (unsigned i = 0; i < octets; ++i, bits <<= 8) {
        content.push_back(static_cast<unsigned char>(bits >> 24));
    }
    return der(tag::bit_string, content);
}

Bytes der_utf8(std::string_view text) {
    return der(tag::utf8_string, as_bytes(text));
}
Bytes der_printable(std::string_view text) {
    return der(tag::printable_string, as_bytes(text));
}
Bytes der_ia5(std::string_view text) {
    return der(tag::ia5_string, as_bytes(text));
}

Bytes der_time(Instant instant) {
    const auto second = std::chrono::floor<std::chrono::seconds>(instant);
    const auto day = std::chrono::floor<std::chrono::days>(second);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(second - day);
    const int year = static_cast<int>(date.year());
    if (year < 1950 || year > 9999) throw std::logic_error("no time of RFC 5280 4.1.2.5");
    const bool utc = year < 2050;
    std::array<char, 32> text{};
    std::snprintf(
        text.data(), text.size(), utc ? "%02d%02u%02u%02d%02d%02dZ" : "%04d%02u%02u%02d%02d%02dZ",
        utc ? year % 100 : year, static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
        static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
    return der(utc ? tag::utc_time : tag::generalized_time, as_bytes(text.data()));
}

}  // namespace hallmark
