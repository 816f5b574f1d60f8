#include "ca/crypto/der.h"
#include "policy/names.h"

#include <algorithm>

namespace hallmark {
namespace {

constexpr std::string_view hardware_module_oid = "1.3.6.1.5.5.7.8.4";       // RFC 4108 5
constexpr std::string_view permanent_identifier_oid = "1.3.6.1.5.5.7.8.3";  // RFC 4043 2

// RFC 5280 4.2.1.6, GeneralName's tags.
constexpr std::uint8_t other_name = tag::context(0, true), rfc822_name = tag::context(1, false),
                       dns_name = tag::context(2, false), directory_name = tag::context(4, true),
                       uri_name = tag::context(6, false);

Refusal denied(std::string_view why) {
    return {Reason::policy_denied, "identity: subject alternative name: " + std::string(why)};
}

/// RFC 1034 3.5 in lower case, so that equal names are equal bytes.
bool is_dns_name(std::string_view name) {
    if (name.empty() || name.size() > 253) return false;
    while (true) {
        const std::string_view label = name.substr(0, name.find('.'));
        const bool good = !label.empty() && label.size() <= 63 && label.front() != '-' &&
                          label.back() != '-' &&
                          std::all_of(label.begin(), label.end(), [](char c) {
                              return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
                          });
        if (!good) return false;
        if (label.size() == name.size()) return true;
        name.remove_prefix(label.size() + 1);
    }
}

/// A dot in a value would make labels that the policy did not write.
Result<std::string> dns_text(const NameTemplate& pattern, const HoleValues& values) {
    for (const TemplatePart& part : pattern.parts) {
        if (!part.hole) continue;
        HALLMARK_TRY(value, value_of(*part.hole, values));
        if (value.find('.') != std::string::npos) return denied("a dot in a value for a DNS name");
    }
    HALLMARK_TRY(text, fill(pattern, values));
    if (!is_dns_name(text)) return denied("not a DNS name in lower case");
    return std::move(text);
}

Bytes as_other_name(std::string_view type, ByteView value) {
    return der(other_name, concat({der_oid(type), der(tag::context(0, true), value)}));
}

std::string describe_other_name(ByteView content) {
    DerReader reader(content);
    const auto type = reader.oid();
    auto wrapped = reader.inside(tag::context(0, true));
    auto value = wrapped ? wrapped->sequence() : std::nullopt;
    if (!type || !value) return "?";
    if (*type == hardware_module_oid) {
        const auto hardware = value->oid();
        const auto serial = value->content(tag::octet_string);
        return "hardware_module_name:" + hardware.value_or("?") + "/" +
               (serial ? std::string(as_text(*serial)) : "?");
    }
    const auto identifier = value->content(tag::utf8_string);
    std::string out =
        "permanent_identifier:" + (identifier ? std::string(as_text(*identifier)) : "?");
    if (const auto assigner = value->oid()) out += "/" + *assigner;
    return out;
}

}  // namespace

std::string_view name_of(NameKind kind) noexcept {
    switch (kind) {
        case NameKind::dns:
            return "dns";
        case NameKind::uri:
            return "uri";
        case NameKind::rfc822:
            return "rfc822";
        case NameKind::directory_name:
            return "directory_name";
        case NameKind::hardware_module_name:
            return "hardware_module_name";
        case NameKind::permanent_identifier:
            return "permanent_identifier";
    }
    return "dns";
}

Result<Bytes> encode_alternative_name(const AlternativeName& name, const HoleValues& values) {
    if (name.kind == NameKind::directory_name) {
        HALLMARK_TRY(directory, encode_name(name.name, values));
        return der(directory_name, directory);
    }
    if (name.kind == NameKind::dns) {
        HALLMARK_TRY(host, dns_text(name.value, values));
        return der(dns_name, as_bytes(host));
    }
    HALLMARK_TRY(text, fill(name.value, values));
    switch (name.kind) {
        case NameKind::uri:
            return der(uri_name, as_bytes(text));
        case NameKind::rfc822:
            return der(rfc822_name, as_bytes(text));
        case NameKind::hardware_module_name:
            return as_other_name(
                hardware_module_oid,
                der_sequence({der_oid(name.object), der_octet_string(as_bytes(text))}));
        default:
            break;
    }
    const Bytes assigner = name.object.empty() ? Bytes{} : der_oid(name.object);
    return as_other_name(permanent_identifier_oid, der_sequence({der_utf8(text), assigner}));
}

std::string describe_alternative_name(ByteView general_name_der) {
    DerReader reader(general_name_der);
    const auto element = reader.any();
    if (!element) return "?";
    const std::string text(as_text(element->content));
    switch (element->tag) {
        case dns_name:
            return "dns:" + text;
        case uri_name:
            return "uri:" + text;
        case rfc822_name:
            return "rfc822:" + text;
        case other_name:
            return describe_other_name(element->content);
        case directory_name:
            break;
        default:
            return "?";
    }
    std::string out = "directory_name:";
    for (const std::string& attribute : describe_name(element->content)) {
        out += (out.back() == ':' ? "" : ",") + attribute;
    }
    return out;
}

}  // namespace hallmark
