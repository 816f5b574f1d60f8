#include "ca/attestation/euicc_eid.h"

#include "ca/crypto/certificate.h"
#include "ca/crypto/der.h"

#include <algorithm>

namespace hallmark {
namespace {

constexpr std::size_t eid_digits = 32, most_ranges = 16;
constexpr std::string_view serial_number = "2.5.4.5", organization_name = "2.5.4.10";

bool are_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<EidRange> range_in(ByteView name_der) {
    const auto rdns = parse_name(name_der);
    if (!rdns) return std::nullopt;
    EidRange range;
    for (const auto& rdn : *rdns) {
        for (const NameAttribute& attribute : rdn) {
            if (attribute.type == serial_number && range.prefix.empty()) {
                range.prefix = attribute.value;
            } else if (attribute.type == organization_name && !range.organization) {
                range.organization = attribute.value;
            } else {
                return std::nullopt;
            }
        }
    }
    const bool is_prefix = !range.prefix.empty() && range.prefix.size() < eid_digits;
    if (!is_prefix || !are_digits(range.prefix)) return std::nullopt;
    return range;
}

/// GeneralSubtree ::= SEQUENCE { base GeneralName, minimum [0] DEFAULT 0, maximum [1] OPTIONAL };
/// RFC 5280 lets neither stand.
std::optional<EidRange> read_range(DerReader& subtrees) {
    auto reader = subtrees.sequence();
    if (!reader) return std::nullopt;
    const auto name = reader->content(tag::context(4, true));
    if (!name || !reader->at_end()) return std::nullopt;
    return range_in(*name);
}

}  // namespace

bool is_eid(std::string_view text) noexcept {
    if (text.size() != eid_digits || !are_digits(text)) return false;
    unsigned remainder = 0;
    for (const char digit : text)
        remainder = (remainder * 10 + static_cast<unsigned>(digit - '0')) % 97;
    return remainder == 1;
}

// NameConstraints ::= SEQUENCE { permittedSubtrees [0] GeneralSubtrees OPTIONAL, excludedSubtrees
// [1] GeneralSubtrees OPTIONAL }
std::optional<std::vector<EidRange>> read_eid_ranges(ByteView name_constraints) {
    const auto outer = sole_element(name_constraints, tag::sequence);
    if (!outer) return std::nullopt;
    const auto permitted = sole_element(outer->content, tag::context(0, true));
    if (!permitted || permitted->content.empty()) return std::nullopt;
    std::vector<EidRange> ranges;
    for (DerReader reader(permitted->content); !reader.at_end();) {
        auto range = read_range(reader);
        if (!range || ranges.size() == most_ranges) return std::nullopt;
        ranges.push_back(std::move(*range));
    }
    return ranges;
}

bool is_in_range(const EidRange& range, std::string_view eid,
                 const std::optional<std::string>& organization) noexcept {
    return eid.starts_with(range.prefix) &&
           (!range.organization || range.organization == organization);
}

}  // namespace hallmark
