#include "policy/names.h"

#include "ca/crypto/der.h"

#include <algorithm>
#include <array>

namespace hallmark {
namespace {

// RFC 5280 appendix A.1 for the bounds; dnQualifier, UID and unknown types have none and get ours.
constexpr std::array attribute_types{
    AttributeType{"CN", "2.5.4.3", tag::utf8_string, 64},
    AttributeType{"serialNumber", "2.5.4.5", tag::printable_string, 64},
    AttributeType{"C", "2.5.4.6", tag::printable_string, 2},
    AttributeType{"L", "2.5.4.7", tag::utf8_string, 128},
    AttributeType{"ST", "2.5.4.8", tag::utf8_string, 128},
    AttributeType{"O", "2.5.4.10", tag::utf8_string, 64},
    AttributeType{"OU", "2.5.4.11", tag::utf8_string, 64},
    AttributeType{"title", "2.5.4.12", tag::utf8_string, 64},
    AttributeType{"dnQualifier", "2.5.4.46", tag::printable_string, 64},
    AttributeType{"DC", "0.9.2342.19200300.100.1.25", tag::ia5_string, 63},
    AttributeType{"UID", "0.9.2342.19200300.100.1.1", tag::utf8_string, 128},
    // Matter 1.x, 6.2.2: UTF8String or PrintableString of exactly four upper-case hexadecimal
    // digits.
    AttributeType{"MatterVID", oid::matter_vendor_id, tag::utf8_string, 4},
    AttributeType{"MatterPID", oid::matter_product_id, tag::utf8_string, 4},
};
constexpr std::size_t unknown_bound = 128;

bool is_printable_character(char c) {  // X.680 41.4
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view(" '()+,-./:=?").find(c) != std::string_view::npos;
}

std::uint8_t tag_of(const SubjectAttribute& attribute) {
    const AttributeType* type = find_attribute_type(attribute.type);
    return type == nullptr ? tag::utf8_string : type->string_tag;
}

/// Code points of UTF-8 that the document reader has validated.
std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
    }));
}

Bytes one_rdn(const SubjectAttribute& attribute, std::uint8_t string_tag, std::string_view text) {
    const Bytes pair = der_sequence({der_oid(oid_of(attribute)), der(string_tag, as_bytes(text))});
    return der(tag::set, pair);
}

Result<std::string> attribute_text(const SubjectAttribute& attribute, const HoleValues& values) {
    HALLMARK_TRY(text, fill(attribute.value, values));
    if (characters(text) > bound_of(attribute)) {
        return Refusal{Reason::policy_denied,
                       "identity: " + attribute.type + " would be longer than " +
                           std::to_string(bound_of(attribute)) + " characters"};
    }
    return std::move(text);
}

/// RFC 5280 7.1, RFC 4518 2.6.1: case folded, outer white space gone, inner runs one space. ASCII
/// alone: holes are ASCII, and literals are the same in every certificate of the product.
std::string folded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
        out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    if (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

}  // namespace

const AttributeType* find_attribute_type(std::string_view label_or_oid) noexcept {
    const auto* const found = std::find_if(
        attribute_types.begin(), attribute_types.end(), [&](const AttributeType& type) {
            return type.label == label_or_oid || type.oid == label_or_oid;
        });
    return found == attribute_types.end() ? nullptr : found;
}

std::string_view oid_of(const SubjectAttribute& attribute) noexcept {
    const AttributeType* type = find_attribute_type(attribute.type);
    return type == nullptr ? std::string_view(attribute.type) : type->oid;
}

std::size_t bound_of(const SubjectAttribute& attribute) noexcept {
    const AttributeType* type = find_attribute_type(attribute.type);
    return type == nullptr ? unknown_bound : type->bound;
}

std::string_view why_not_in(const SubjectAttribute& attribute, std::string_view text) noexcept {
    const std::uint8_t string_tag = tag_of(attribute);
    if (string_tag == tag::printable_string &&
        !std::all_of(text.begin(), text.end(), is_printable_character)) {
        return "a character that no PrintableString holds";
    }
    const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    if (string_tag == tag::ia5_string && !std::all_of(text.begin(), text.end(), is_ascii)) {
        return "a character that no IA5String holds";
    }
    return {};
}

Result<Bytes> encode_name(const std::vector<SubjectAttribute>& attributes,
                          const HoleValues& values) {
    Bytes rdns;
    for (const SubjectAttribute& attribute : attributes) {
        HALLMARK_TRY(text, attribute_text(attribute, values));
        append(rdns, one_rdn(attribute, tag_of(attribute), text));
    }
    return der(tag::sequence, rdns);
}

Result<Bytes> encode_folded_name(const std::vector<SubjectAttribute>& attributes,
                                 const HoleValues& values) {
    Bytes rdns;
    for (const SubjectAttribute& attribute : attributes) {
        HALLMARK_TRY(text, attribute_text(attribute, values));
        append(rdns, one_rdn(attribute, tag::utf8_string, folded(text)));
    }
    return der(tag::sequence, rdns);
}

std::vector<std::string> describe_name(ByteView name_der) {
    std::vector<std::string> out;
    DerReader reader(name_der);
    auto rdns = reader.sequence();
    while (rdns && !rdns->at_end()) {
        auto rdn = rdns->inside(tag::set);
        auto pair = rdn ? rdn->sequence() : std::nullopt;
        const auto type = pair ? pair->oid() : std::nullopt;
        const auto text = type ? pair->any() : std::nullopt;
        if (!text) return {};
        const AttributeType* known = find_attribute_type(*type);
        out.push_back((known == nullptr ? *type : std::string(known->label)) + "=" +
                      std::string(as_text(text->content)));
    }
    return out;
}

}  // namespace hallmark
