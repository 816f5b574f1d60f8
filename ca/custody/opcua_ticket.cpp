#include "ca/custody/json_array.h"
#include "ca/custody/manifest.h"
#include "ca/custody/manifest_fields.h"
#include "ca/custody/manifest_signer.h"

#include <array>
#include <map>
#include <memory>
#include <set>

#include <boost/json.hpp>

namespace hallmark {

namespace {

namespace json = boost::json;

constexpr std::size_t most_signatures = 8;
constexpr std::size_t most_certificates = 8;
constexpr std::size_t most_uri = 1024;
constexpr std::string_view device_ticket = "opc-ticket+json;type=DeviceIdentityTicketType";

/// The pinned actors of this vendor by certificate, judged once for the whole document.
using Actors = std::map<Digest, ManifestSigner>;

struct Terms {
    Actors actors;
    Digest manufacturer{};  ///< Who signed the first ticket as its maker, and so all of them.
    ManifestLimits limits;
};

/// One signature's protected header, OPC 10000-21 8.1 Table 5.
struct Header {
    std::string algorithm;
    Digest certificate{};  ///< Of the first in x5c.
    bool is_composite_builders = false;
};

Result<Digest> first_certificate(const json::object& header) {
    const json::value* member = header.if_contains("x5c");
    const json::array* list = member ? member->if_array() : nullptr;
    if (!list || list->empty() || list->size() > most_certificates)
        return bad_entry("x5c is not a short list");
    const json::string* first = list->front().if_string();
    const auto der = first ? from_base64(*first) : std::nullopt;
    if (!der) return bad_entry("x5c is not base64");
    return sha256(*der);
}

Result<Header> parse_header(std::string_view encoded, std::size_t octets) {
    const auto text = from_base64url(encoded);
    if (!text) return bad_entry("not base64url");
    HALLMARK_TRY(header, parse_object(as_text(*text), octets, "protected header"));
    const bool has_uri = header.contains("opc-uri");
    // RFC 7515 4.1.11: what is not understood could change what the signature means.
    if (!has_exactly(header, {"alg", "x5c", "cty"}) &&
        !has_exactly(header, {"alg", "x5c", "cty", "opc-uri"}))
        return bad_entry("protected header is not alg, x5c, cty and opc-uri");
    const std::string_view uri = text_member(header, "opc-uri");
    if (has_uri && (uri.empty() || uri.size() > most_uri)) return bad_entry("opc-uri malformed");
    if (text_member(header, "cty") != device_ticket)
        return bad_entry("content type is not that of a device's ticket");
    const std::string_view algorithm = text_member(header, "alg");
    if (algorithm != "ES256" && algorithm != "ES384" && algorithm != "RS256")
        return bad_entry("algorithm not taken");
    HALLMARK_TRY(certificate, first_certificate(header));
    return Header{std::string(algorithm), certificate, has_uri};
}

/// One member of `signatures`: over <protected header>.<payload> (OPC 10000-21 8.1, RFC 7515 5.1).
Result<Header> check_signature(const json::value& value, std::string_view payload,
                               const Terms& terms) {
    const json::object* entry = value.if_object();
    if (!entry) return bad_entry("a signature is not an object");
    if (const json::value* unprotected = entry->if_contains("header")) {
        // Nobody signed what stands there.
        const json::object* object = unprotected->if_object();
        if (!object || !object->empty()) return bad_entry("unprotected header is not empty");
    }
    if (!has_exactly(*entry, {"protected", "signature"}) &&
        !has_exactly(*entry, {"protected", "header", "signature"}))
        return bad_entry("a signature has other members");
    const std::string_view protected_text = text_member(*entry, "protected");
    HALLMARK_TRY(header, parse_header(protected_text, terms.limits.entry_octets));
    const auto actor = terms.actors.find(header.certificate);
    if (actor == terms.actors.end()) return bad_entry("signer: not pinned");
    const auto signature = from_base64url(text_member(*entry, "signature"));
    if (!signature) return bad_entry("not base64url");
    const std::string message = std::string(protected_text) + "." + std::string(payload);
    if (!verify_jws(actor->second.key, header.algorithm, message, *signature))
        return bad_entry("signature does not verify");
    return header;
}

/// Every signature, each by another pinned actor, and among them one that is no composite
/// builder's: the maker's.
Result<Digest> check_signatures(const json::object& ticket, const Terms& terms) {
    if (!has_exactly(ticket, {"payload", "signatures"}))
        return bad_entry("not a JWS in general serialization");
    const json::array* list = ticket.at("signatures").if_array();
    if (!list || list->empty()) return bad_entry("no signature");
    if (list->size() > most_signatures) return Refusal{Reason::too_large, "too many signatures"};
    std::set<Digest> actors;
    std::optional<Digest> maker;
    for (const json::value& each : *list) {
        HALLMARK_TRY(header, check_signature(each, text_member(ticket, "payload"), terms));
        if (!actors.insert(header.certificate).second) return bad_entry("an actor signed twice");
        if (!header.is_composite_builders && !maker) maker = header.certificate;
    }
    if (!maker) return bad_entry("no manufacturer's signature");
    return *maker;
}

/// OPC 10000-21 Table 7 spells fields in lower camel case, the NodeSet of the same part in upper:
/// either, not both.
std::string_view field(const json::object& ticket, std::string_view upper) {
    std::string lower(upper);
    lower[0] = static_cast<char>(lower[0] - 'A' + 'a');
    const bool has_lower = ticket.contains(lower);
    if (has_lower && ticket.contains(upper)) return {};
    return text_member(ticket, has_lower ? std::string_view(lower) : upper);
}

Result<json::object> parse_payload(const json::object& ticket, std::size_t octets) {
    const auto text = from_base64url(text_member(ticket, "payload"));
    if (!text) return bad_entry("not base64url");
    return parse_object(as_text(*text), octets, "payload");
}

Result<ManifestUnit> read_unit(const json::object& ticket, const Terms& terms) {
    HALLMARK_TRY(maker, check_signatures(ticket, terms));
    if (maker != terms.manufacturer) return bad_entry("signed by another than the first entry");
    HALLMARK_TRY(payload, parse_payload(ticket, terms.limits.entry_octets));
    const std::string_view uri = field(payload, "ProductInstanceUri");
    if (uri.empty() || uri.size() > most_uri) return bad_entry("ProductInstanceUri malformed");
    ManifestUnit unit{
        std::string(field(payload, "SerialNumber")), std::string(field(payload, "ModelName")), {}};
    if (!is_unit_id(unit.unique_id)) return bad_entry("SerialNumber malformed");
    if (!is_unit_model(unit.model)) return bad_entry("ModelName malformed");
    return unit;
}

/// For the place that a refusal names; nobody vouches for it yet.
std::string hint_of(const json::object& ticket, std::size_t octets) {
    const auto payload = parse_payload(ticket, octets);
    return payload ? std::string(field(*payload, "SerialNumber")) : std::string();
}

Result<ManifestUnit> check_ticket(std::size_t index, std::string_view text, const Terms& terms) {
    const auto ticket = parse_object(text, terms.limits.entry_octets, "entry");
    if (!ticket) return at_entry(index, "", ticket.error());
    auto unit = read_unit(*ticket, terms);
    if (!unit) return at_entry(index, hint_of(*ticket, terms.limits.entry_octets), unit.error());
    return unit;
}

Actors actors_of(const ManifestTerms& terms, const ChainValidator& chains) {
    Actors actors;
    for (const PinnedVendor& pin : terms.pins) {
        for (const auto* const list : {&pin.anchors.roots, &pin.anchors.intermediates}) {
            for (const Bytes& der : *list) {
                const Digest digest = sha256(der);
                auto actor = find_manifest_signer(
                    {.certificate_sha256 = digest, .pins = terms.pins, .now = terms.now}, chains);
                if (actor) actors.emplace(digest, std::move(*actor));
            }
        }
    }
    return actors;
}

Result<Digest> maker_of_first(std::string_view text, const Terms& terms) {
    const auto ticket = parse_object(text, terms.limits.entry_octets, "entry");
    if (!ticket) return at_entry(0, "", ticket.error());
    auto maker = check_signatures(*ticket, terms);
    if (!maker) return at_entry(0, hint_of(*ticket, terms.limits.entry_octets), maker.error());
    return maker;
}

}  // namespace

Result<Digest> parse_opcua_tickets(ManifestInput& input, const ManifestTerms& terms,
                                   const ChainValidator& chains, const ManifestSink& sink) {
    const ManifestLimits& limits = terms.limits;
    JsonArray tickets(
        input,
        {.octets = limits.octets, .entries = limits.entries, .entry_octets = limits.entry_octets});
    const auto settled =
        std::make_shared<Terms>(Terms{actors_of(terms, chains), Digest{}, terms.limits});
    for (std::size_t index = 0;; ++index) {
        HALLMARK_TRY(text, tickets.next());
        if (!text) return settled->manufacturer;
        if (index == 0) {
            HALLMARK_TRY(maker, maker_of_first(*text, *settled));
            settled->manufacturer = maker;
        }
        HALLMARK_TRY(taken, sink({index, [index, settled, ticket = std::move(*text)] {
                                      return check_ticket(index, ticket, *settled);
                                  }}));
    }
}

}  // namespace hallmark
