// Names (RFC 5280 4.1.2.4): Name ::= SEQUENCE OF SET SIZE (1..MAX) OF SEQUENCE { type, value }
#include "ca/crypto/certificate.h"
#include "ca/crypto/der.h"

#include <algorithm>
#include <array>

namespace hallmark {

namespace {

/// RFC 4514 3, and serialNumber, which people ask for when they read a device's name.
struct ShortName {
    std::string_view oid;
    std::string_view text;
};
constexpr std::array short_names{
    ShortName{"2.5.4.3", "CN"},           ShortName{"2.5.4.7", "L"},
    ShortName{"2.5.4.8", "ST"},           ShortName{"2.5.4.10", "O"},
    ShortName{"2.5.4.11", "OU"},          ShortName{"2.5.4.6", "C"},
    ShortName{"2.5.4.9", "STREET"},       ShortName{"0.9.2342.19200300.100.1.25", "DC"},
    ShortName{"2.5.4.5", "serialNumber"}, ShortName{"0.9.2342.19200300.100.1.1", "UID"},
};

std::optional<NameAttribute> read_attribute(DerReader& set) {
    auto pair = set.sequence();
    if (!pair) return std::nullopt;
    auto type = pair->oid();
    const auto value = pair->any();
    if (!type || !value || !pair->at_end()) return std::nullopt;
    return NameAttribute{
        .type = std::move(*type), .tag = value->tag, .value = std::string(as_text(value->content))};
}

/// RFC 4514 2.4. What is not printable ASCII goes as hexadecimal pairs, so that no record holds a
/// control character or bytes that only look like text.
std::string escaped(std::string_view value) {
    std::string text;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const char c = value[i];
        const auto octet = static_cast<unsigned char>(c);
        const bool edge_space = c == ' ' && (i == 0 || i + 1 == value.size());
        if (octet < 0x20 || octet > 0x7E) {
            text.append(1, '\\').append(to_hex(ByteView(&octet, 1)));
        } else if (edge_space || (c == '#' && i == 0) ||
                   std::string_view("\"+,;<>\\=").find(c) != std::string_view::npos) {
            text.append(1, '\\').append(1, c);
        } else {
            text.push_back(c);
        }
    }
    return text;
}

std::string attribute_text(const NameAttribute& attribute) {
    for (const auto& [oid, short_name] : short_names) {
        if (oid == attribute.type) return std::string(short_name) + '=' + escaped(attribute.value);
    }
    // RFC 4514 2.4: a dotted type bears its value as '#' and the hexadecimal of its encoding.
    return attribute.type + "=#" + to_hex(der(attribute.tag, as_bytes(attribute.value)));
}

}  // namespace

std::optional<std::vector<std::vector<NameAttribute>>> parse_name(ByteView name_der) {
    const auto outer = sole_element(name_der, tag::sequence);
    if (!outer) return std::nullopt;
    std::vector<std::vector<NameAttribute>> name;
    for (DerReader reader(outer->content); !reader.at_end();) {
        auto set = reader.inside(tag::set);
        if (!set || set->at_end()) return std::nullopt;
        std::vector<NameAttribute> members;
        while (!set->at_end()) {
            auto attribute = read_attribute(*set);
            if (!attribute) return std::nullopt;
            members.push_back(std::move(*attribute));
        }
        name.push_back(std::move(members));
    }
    return name;
}

std::string name_text(ByteView name_der) {
    auto name = parse_name(name_der);
    if (!name) return "#" + to_hex(name_der);
    std::string text;
    // RFC 4514 2.1: the last RDN first.
    std::reverse(name->begin(), name->end());
    for (const auto& members : *name) {
        if (!text.empty()) text.push_back(',');
        for (std::size_t i = 0; i < members.size(); ++i) {
            if (i != 0) text.push_back('+');
            text.append(attribute_text(members[i]));
        }
    }
    return text;
}

}  // namespace hallmark
