#include "ca/crypto/der.h"

namespace hallmark {

namespace {

/// Records name OIDs that strangers chose, so their text is kept short.
constexpr std::size_t oid_octets_limit = 64;

/// X.690 8.1.3 with 10.1: definite form, the fewest octets. At most four length octets: no document
/// that comes here has 4 GiB. Advances `rest` past the octets it read.
std::optional<std::size_t> read_length(ByteView& rest) {
    if (rest.empty()) return std::nullopt;
    const unsigned first = rest[0];
    rest = rest.subspan(1);
    if (first < 0x80) return first;
    const std::size_t count = first & 0x7Fu;
    if (count == 0 || count > 4 || rest.size() < count || rest[0] == 0) return std::nullopt;
    std::size_t length = 0;
    for (std::size_t i = 0; i < count; ++i)
        length = length << 8 | rest[i];
    if (length < 0x80) return std::nullopt;
    rest = rest.subspan(count);
    return length;
}

/// X.690 8.19.2: base 128, the first octet of a subidentifier is never 80.
std::optional<std::uint64_t> read_subidentifier(ByteView& rest) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < rest.size(); ++i) {
        if (i == 0 && rest[0] == 0x80) return std::nullopt;
        if (value >> 57 != 0) return std::nullopt;
        value = value << 7 | (rest[i] & 0x7Fu);
        if ((rest[i] & 0x80u) == 0) {
            rest = rest.subspan(i + 1);
            return value;
        }
    }
    return std::nullopt;
}

std::optional<std::string> dotted(ByteView content) {
    constexpr std::uint64_t arc_limit = std::uint64_t{1} << 63;
    const auto first = read_subidentifier(content);
    if (!first) return std::nullopt;
    // X.690 8.19.4: the first subidentifier is 40 x first arc + second arc, the first arc 0 to 2.
    const std::uint64_t root = *first < 80 ? *first / 40 : 2;
    const std::uint64_t second = *first - 40 * root;
    if (second >= arc_limit) return std::nullopt;
    std::string text = std::to_string(root) + '.' + std::to_string(second);
    while (!content.empty()) {
        const auto arc = read_subidentifier(content);
        if (!arc || *arc >= arc_limit) return std::nullopt;
        text.append(1, '.').append(std::to_string(*arc));
    }
    return text;
}

std::optional<unsigned> digits(std::string_view text) {
    unsigned value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + static_cast<unsigned>(c - '0');
    }
    return value;
}

/// RFC 5280 4.1.2.5: YYMMDDHHMMSSZ with 50 to 99 in the 20th century, or YYYYMMDDHHMMSSZ; seconds
/// stand there, fractions and offsets do not. A GeneralizedTime before 2050 is outside the profile
/// but occurs and has one meaning, so it is read.
std::optional<Instant> instant_from(std::string_view text, bool generalized) {
    const std::size_t year_digits = generalized ? 4 : 2;
    if (text.size() != year_digits + 11 || text.back() != 'Z') return std::nullopt;
    const auto year = digits(text.substr(0, year_digits));
    text.remove_prefix(year_digits);
    const auto month = digits(text.substr(0, 2)), day = digits(text.substr(2, 2)),
               hour = digits(text.substr(4, 2)), minute = digits(text.substr(6, 2)),
               second = digits(text.substr(8, 2));
    if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
    if (*hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
    const unsigned full_year = generalized ? *year : *year + (*year < 50 ? 2000 : 1900);
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(full_year)),
                                           std::chrono::month(*month), std::chrono::day(*day)};
    if (!date.ok()) return std::nullopt;
    return Instant(std::chrono::sys_days(date)) + std::chrono::hours(*hour) +
           std::chrono::minutes(*minute) + std::chrono::seconds(*second);
}

}  // namespace

std::optional<DerElement> DerReader::any() {
    if (rest_.empty()) return std::nullopt;
    const std::uint8_t found = rest_[0];
    // Number 31 announces a long tag; universal 0 is the end-of-contents mark of BER.
    if ((found & 0x1Fu) == 0x1Fu || (found & 0xDFu) == 0) return std::nullopt;
    ByteView after = rest_.subspan(1);
    const auto length = read_length(after);
    if (!length || after.size() < *length) return std::nullopt;
    const std::size_t whole = rest_.size() - after.size() + *length;
    const DerElement element{
        .tag = found, .content = after.first(*length), .whole = rest_.first(whole)};
    rest_ = rest_.subspan(whole);
    return element;
}

std::optional<DerTagged> DerReader::tagged() {
    constexpr std::uint8_t constructed_context = 0xA0;
    if (rest_.empty() || (rest_[0] & 0xE0u) != constructed_context) return std::nullopt;
    std::uint32_t number = rest_[0] & 0x1Fu;
    ByteView after = rest_.subspan(1);
    if (number == 0x1Fu) {
        const auto long_form = read_subidentifier(after);
        if (!long_form || *long_form < 0x1Fu || *long_form >= 1u << 14) return std::nullopt;
        number = static_cast<std::uint32_t>(*long_form);
    }
    const auto length = read_length(after);
    if (!length || after.size() < *length) return std::nullopt;
    rest_ = after.subspan(*length);
    return DerTagged{.number = number, .content = after.first(*length)};
}

std::optional<DerElement> DerReader::element(std::uint8_t wanted) {
    if (!next_is(wanted)) return std::nullopt;
    return any();
}

std::optional<ByteView> DerReader::content(std::uint8_t wanted) {
    const auto found = element(wanted);
    if (!found) return std::nullopt;
    return found->content;
}

std::optional<DerReader> DerReader::sequence() {
    return inside(tag::sequence);
}

std::optional<DerReader> DerReader::inside(std::uint8_t wanted) {
    const auto found = content(wanted);
    if (!found) return std::nullopt;
    return DerReader(*found);
}

std::optional<bool> DerReader::boolean() {
    DerReader probe = *this;
    const auto found = probe.content(tag::boolean);
    if (!found || found->size() != 1) return std::nullopt;
    const unsigned char octet = (*found)[0];
    if (octet != 0x00 && octet != 0xFF) return std::nullopt;
    *this = probe;
    return octet == 0xFF;
}

std::optional<ByteView> DerReader::integer() {
    DerReader probe = *this;
    const auto found = probe.content(tag::integer);
    if (!found || found->empty()) return std::nullopt;
    // X.690 8.3.2: the first nine bits are neither all zero nor all one.
    if (found->size() > 1) {
        const bool second_negative = ((*found)[1] & 0x80u) != 0;
        if ((*found)[0] == 0x00 && !second_negative) return std::nullopt;
        if ((*found)[0] == 0xFF && second_negative) return std::nullopt;
    }
    *this = probe;
    return found;
}

std::optional<std::int64_t> DerReader::small_integer() {
    DerReader probe = *this;
    const auto found = probe.integer();
    if (!found || found->size() > 8 || ((*found)[0] & 0x80u) != 0) return std::nullopt;
    std::uint64_t value = 0;
    for (const unsigned char octet : *found)
        value = value << 8 | octet;
    *this = probe;
    return static_cast<std::int64_t>(value);
}

std::optional<std::string> DerReader::oid() {
    DerReader probe = *this;
    const auto found = probe.content(tag::oid);
    if (!found || found->empty() || found->size() > oid_octets_limit) return std::nullopt;
    auto text = dotted(*found);
    if (text) *this = probe;
    return text;
}

std::optional<ByteView> DerReader::octet_aligned_bit_string() {
    DerReader probe = *this;
    const auto found = probe.content(tag::bit_string);
    if (!found || found->empty() || (*found)[0] != 0) return std::nullopt;
    *this = probe;
    return found->subspan(1);
}

std::optional<Instant> DerReader::time() {
    DerReader probe = *this;
    const auto found = probe.any();
    if (!found) return std::nullopt;
    if (found->tag != tag::utc_time && found->tag != tag::generalized_time) return std::nullopt;
    const auto instant = instant_from(as_text(found->content), found->tag == tag::generalized_time);
    if (instant) *this = probe;
    return instant;
}

std::optional<DerElement> sole_element(ByteView input, std::uint8_t wanted) {
    DerReader reader(input);
    const auto found = reader.element(wanted);
    if (!found || !reader.at_end()) return std::nullopt;
    return found;
}

}  // namespace hallmark
