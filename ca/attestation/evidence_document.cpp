#include "ca/attestation/family.h"
#include "ca/json/json.h"

#include <algorithm>

#include <boost/json.hpp>

namespace hallmark {
namespace {

namespace json = boost::json;

constexpr std::size_t most_octets = 64 * 1024;  // attestation: decoded, together
constexpr std::size_t most_certificates = 16;   // in a chain
constexpr std::size_t most_members = 32;
constexpr std::size_t longest_name = 64;
// Base64 of the octets, and room for names and white space.
constexpr JsonLimits document_limits{.octets = 128 * 1024, .depth = 3, .members = 1024};

Refusal malformed(std::string_view what) {
    return {Reason::malformed_request, "evidence: " + std::string(what)};
}

bool is_name(std::string_view text, std::string_view more) {
    return !text.empty() && text.size() <= longest_name &&
           std::all_of(text.begin(), text.end(), [&](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                      more.find(c) != std::string_view::npos;
           });
}

std::string_view view(const json::string& text) {
    return {text.data(), text.size()};
}

Result<Bytes> decode(const json::value& value, std::size_t& octets_left) {
    if (!value.is_string()) return malformed("a member is neither base64 nor a list of it");
    auto octets = from_base64(view(value.get_string()));
    if (!octets) return malformed("not base64");
    if (octets->empty()) return malformed("an empty value");
    if (octets->size() > octets_left) return malformed("more octets than the limit");
    octets_left -= octets->size();
    return *std::move(octets);
}

Result<EvidenceMember> member_from(std::string_view name, const json::value& value,
                                   std::size_t& octets_left) {
    if (!is_name(name, "_")) return malformed("a strange member name");
    EvidenceMember member{.name = std::string(name), .values = {}, .is_list = value.is_array()};
    if (!member.is_list) {
        HALLMARK_TRY(octets, decode(value, octets_left));
        member.values.push_back(std::move(octets));
        return member;
    }
    const json::array& list = value.get_array();
    if (list.empty()) return malformed("an empty list");
    if (list.size() > most_certificates) return malformed("more certificates than the limit");
    for (const json::value& entry : list) {
        HALLMARK_TRY(octets, decode(entry, octets_left));
        member.values.push_back(std::move(octets));
    }
    return member;
}

void put(json::object& object, std::string_view name, const std::optional<std::string>& value) {
    if (value) object[name] = *value;
}

std::optional<std::string> text_in(const json::object& object, std::string_view name) {
    const json::value* member = object.if_contains(name);
    const json::string* text = member ? member->if_string() : nullptr;
    if (!text) return std::nullopt;
    return std::string(view(*text));
}

std::string text_of(const json::object& object, std::string_view name) {
    return text_in(object, name).value_or("");
}

std::vector<std::string> texts_in(const json::object& object, std::string_view name) {
    std::vector<std::string> texts;
    const json::value* list = object.if_contains(name);
    if (!list || !list->is_array()) return texts;
    for (const json::value& entry : list->get_array())
        if (entry.is_string()) texts.emplace_back(view(entry.get_string()));
    return texts;
}

std::vector<std::pair<std::string, std::string>> members_in(const json::object& object,
                                                            std::string_view name) {
    std::vector<std::pair<std::string, std::string>> members;
    const json::value* inner = object.if_contains(name);
    if (!inner || !inner->is_object()) return members;
    for (const auto& member : inner->get_object())
        members.emplace_back(member.key(), text_of(inner->get_object(), member.key()));
    return members;
}

}  // namespace

Result<Evidence> evidence_from_json(const boost::json::value& document) {
    if (!document.is_object()) return malformed("not an object");
    const json::object& object = document.get_object();
    const json::value* format = object.if_contains("format");
    if (!format || !format->is_string() || !is_name(view(format->get_string()), "-")) {
        return malformed("no format");
    }
    if (object.size() > most_members) return malformed("more members than the limit");
    Evidence evidence{.format = std::string(view(format->get_string())), .members = {}};
    std::size_t octets_left = most_octets;
    for (const auto& entry : object) {
        const std::string_view name(entry.key().data(), entry.key().size());
        if (name == "format") continue;
        HALLMARK_TRY(member, member_from(name, entry.value(), octets_left));
        evidence.members.push_back(std::move(member));
    }
    return evidence;
}

Result<Evidence> parse_evidence(std::string_view text) {
    HALLMARK_TRY(document, parse_json(text, document_limits));
    return evidence_from_json(document);
}

std::string claims_json(const Claims& claims) {
    json::object object;
    object["format"] = claims.format;
    object["vendor"] = claims.vendor;
    put(object, "model", claims.model);
    if (claims.element_serial) object["element_serial"] = claims.element_serial->get();
    if (!claims.public_key.empty()) object["public_key"] = to_base64(claims.public_key);
    if (!claims.origin.empty()) object["origin"] = claims.origin;
    if (claims.exportable) object["exportable"] = *claims.exportable;
    json::array usage;
    for (const std::string& use : claims.usage)
        usage.emplace_back(use);
    object["usage"] = std::move(usage);
    put(object, "firmware", claims.firmware);
    put(object, "lifecycle", claims.lifecycle);
    object["freshness"] = claims.freshness;
    const std::string_view assurance = name_of(claims.assurance);
    object["assurance"] = json::string_view(assurance.data(), assurance.size());
    object["anchor"] = to_hex(claims.anchor);
    json::object detail;
    for (const auto& [name, value] : claims.detail)
        detail[name] = value;
    object["detail"] = std::move(detail);
    return canonical_json(object);
}

Result<Claims> claims_from_json(std::string_view text) {
    HALLMARK_TRY(document, parse_json(text));
    const Refusal strange{Reason::malformed_request, "claims: not as they were written"};
    if (!document.is_object()) return strange;
    const json::object& object = document.get_object();
    const auto key = from_base64(text_of(object, "public_key"));
    const auto assurance = assurance_from(text_of(object, "assurance"));
    const auto anchor = digest_from_hex(text_of(object, "anchor"));
    if (!key || !assurance || !anchor) return strange;
    Claims claims{.format = text_of(object, "format"),
                  .vendor = text_of(object, "vendor"),
                  .model = text_in(object, "model"),
                  .element_serial = {},
                  .public_key = *key,
                  .origin = text_of(object, "origin"),
                  .exportable = {},
                  .usage = texts_in(object, "usage"),
                  .firmware = text_in(object, "firmware"),
                  .lifecycle = text_in(object, "lifecycle"),
                  .freshness = text_of(object, "freshness"),
                  .assurance = *assurance,
                  .anchor = *anchor,
                  .detail = members_in(object, "detail")};
    if (const auto serial = text_in(object, "element_serial"))
        claims.element_serial = SeSerial(*serial);
    if (const json::value* exportable = object.if_contains("exportable"))
        claims.exportable = exportable->is_bool() && exportable->get_bool();
    // A text that says more, less or otherwise than these claims do is none of ours.
    if (claims_json(claims) != text) return strange;
    return claims;
}

}  // namespace hallmark
