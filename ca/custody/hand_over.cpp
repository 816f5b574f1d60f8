#include "ca/custody/hand_over.h"

#include "ca/crypto/hash.h"
#include "ca/domain/fault.h"
#include "ca/json/json.h"

#include <algorithm>
#include <array>
#include <set>

#include <boost/json.hpp>

namespace hallmark {

namespace {

namespace json = boost::json;

constexpr std::string_view document_type = "hallmark-hand-over+jws";
constexpr std::size_t most_identifier = 64;

constexpr std::array<std::pair<HandOverKind, std::string_view>, 6> kinds{{
    {HandOverKind::vendor, "vendor"},
    {HandOverKind::distributor, "distributor"},
    {HandOverKind::receiving, "receiving"},
    {HandOverKind::line, "line"},
    {HandOverKind::scrap, "scrap"},
    {HandOverKind::return_, "return"},
}};

Refusal bad(std::string what) {
    return {Reason::invalid_document, "hand-over: " + std::move(what)};
}

Result<json::object> parse_object(std::string_view text, const HandOverLimits& limits,
                                  std::string_view what) {
    auto value = parse_json(text, {.octets = limits.octets, .depth = 4});
    if (!value) return bad(std::string(what) + ": " + value.error().detail);
    if (!value->is_object()) return bad(std::string(what) + " is not an object");
    return std::move(value->get_object());
}

std::string_view text_of(const json::object& object, std::string_view name) {
    const json::value* member = object.if_contains(name);
    const json::string* text = member ? member->if_string() : nullptr;
    return text ? std::string_view(*text) : std::string_view();
}

bool has_exactly(const json::object& object, const std::set<std::string_view>& names) {
    return object.size() == names.size() &&
           std::all_of(names.begin(), names.end(),
                       [&](std::string_view name) { return object.contains(name); });
}

/// As the importer takes a manifest's.
bool is_unique_id(std::string_view text) {
    const auto is_plain = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    };
    return !text.empty() && text.size() <= most_identifier && is_plain(text.front()) &&
           std::all_of(text.begin(), text.end(), [&](char c) {
               return is_plain(c) || c == '.' || c == '_' || c == ':' || c == '-';
           });
}

std::optional<std::uint64_t> number_of(const json::object& object, std::string_view name) {
    const json::value* member = object.if_contains(name);
    if (!member || !member->is_int64() || member->get_int64() < 1) return std::nullopt;
    return static_cast<std::uint64_t>(member->get_int64());
}

/// The certificate's digest.
Result<Digest> parse_protected(const Bytes& text, const HandOverLimits& limits) {
    HALLMARK_TRY(header, parse_object(as_text(text), limits, "protected header"));
    // The algorithm is ours to name, not the document's (RFC 8725 3.1).
    if (!has_exactly(header, {"alg", "typ", "x5t#S256"}) || text_of(header, "alg") != "ES256" ||
        text_of(header, "typ") != document_type) {
        return bad("protected header is not alg ES256, typ " + std::string(document_type) +
                   " and x5t#S256");
    }
    const auto thumbprint = from_base64url(text_of(header, "x5t#S256"));
    const auto digest = thumbprint ? digest_from_bytes(*thumbprint) : std::nullopt;
    if (!digest) return bad("x5t#S256 malformed");
    return *digest;
}

Result<std::vector<std::string>> parse_elements(const json::object& payload,
                                                const HandOverLimits& limits) {
    const json::array* list = payload.at("elements").if_array();
    if (!list || list->empty()) return bad("elements are not a list");
    if (list->size() > limits.elements)
        return Refusal{Reason::too_large, "hand-over: more elements than an entry may name"};
    std::vector<std::string> elements;
    for (const json::value& item : *list) {
        const json::string* text = item.if_string();
        if (!text || !is_unique_id(*text)) return bad("elements: not a uniqueId");
        // Ascending, each once: one list has one writing.
        if (!elements.empty() && elements.back() >= std::string_view(*text))
            return bad("elements are not in ascending order");
        elements.emplace_back(*text);
    }
    return elements;
}

/// The members that depend on the kind.
Result<Done> parse_particulars(const json::object& payload, const HandOverLimits& limits,
                               HandOver& entry) {
    std::set<std::string_view> names{"at", "from",     "kind",     "lot",
                                     "to", "previous", "sequence", "units"};
    if (is_at_site(entry.kind)) names.insert("site");
    if (takes_out(entry.kind)) names.insert("elements");
    if (!has_exactly(payload, names)) return bad("payload has not exactly the members of its kind");
    if (is_at_site(entry.kind)) {
        HALLMARK_TRY(site, parse_slug_as<SiteId>(text_of(payload, "site"), "site"));
        entry.site = std::move(site);
    }
    if (takes_out(entry.kind)) {
        HALLMARK_TRY(elements, parse_elements(payload, limits));
        if (elements.size() != entry.units) return bad("units are not as many as the elements");
        entry.elements = std::move(elements);
    }
    return Done{};
}

/// Nothing here is a fraction, and a double has no canonical form.
bool has_double(const json::value& value) {
    if (const json::object* object = value.if_object()) {
        return std::any_of(object->begin(), object->end(),
                           [](const auto& member) { return has_double(member.value()); });
    }
    if (const json::array* array = value.if_array())
        return std::any_of(array->begin(), array->end(), has_double);
    return value.is_double();
}

Result<HandOver> parse_payload(const Bytes& text, const HandOverLimits& limits) {
    HALLMARK_TRY(payload, parse_object(as_text(text), limits, "payload"));
    // What was signed has one writing (RFC 8785): two texts of one meaning would be two entries.
    if (has_double(payload) || canonical_json(payload) != as_text(text))
        return bad("payload is not canonical JSON");
    const auto kind = hand_over_kind_from(text_of(payload, "kind"));
    if (!kind) return bad("unknown kind");
    HandOver entry;
    entry.kind = *kind;
    const auto units = number_of(payload, "units");
    const auto sequence = number_of(payload, "sequence");
    if (!units || *units > limits.units) return bad("units malformed");
    if (!sequence || *sequence > limits.entries) return bad("sequence malformed");
    entry.units = *units;
    entry.sequence = static_cast<std::uint32_t>(*sequence);
    HALLMARK_TRY(particulars, parse_particulars(payload, limits, entry));
    const auto at = from_rfc3339(text_of(payload, "at"));
    const auto previous = digest_from_hex(text_of(payload, "previous"));
    if (!at || to_rfc3339(*at) != text_of(payload, "at")) return bad("at malformed");
    if (!previous || to_hex(*previous) != text_of(payload, "previous"))
        return bad("previous malformed");
    entry.at = *at;
    entry.previous = *previous;
    HALLMARK_TRY(lot, parse_slug_as<LotId>(text_of(payload, "lot"), "lot"));
    HALLMARK_TRY(from, parse_slug(text_of(payload, "from"), "from"));
    HALLMARK_TRY(to, parse_slug(text_of(payload, "to"), "to"));
    entry.lot = std::move(lot);
    entry.from = std::move(from);
    entry.to = std::move(to);
    return entry;
}

Result<HandOverDocument> parse_document(std::string_view text, const HandOverLimits& limits) {
    HALLMARK_TRY(jws, parse_object(text, limits, "document"));
    // No unprotected header (RFC 7515 7.2.1): what is not signed says nothing here.
    if (!has_exactly(jws, {"payload", "protected", "signature"})) return bad("not a flattened JWS");
    const std::string_view protected_text = text_of(jws, "protected");
    const std::string_view payload_text = text_of(jws, "payload");
    const auto protected_header = from_base64url(protected_text);
    const auto payload = from_base64url(payload_text);
    auto signature = from_base64url(text_of(jws, "signature"));
    if (!protected_header || !payload || !signature) return bad("not base64url");
    // RFC 7518 3.4: r and s, 32 octets each.
    if (signature->size() != 64) return bad("signature is not 64 octets");
    HALLMARK_TRY(certificate, parse_protected(*protected_header, limits));
    HALLMARK_TRY(entry, parse_payload(*payload, limits));
    return HandOverDocument{
        .entry = std::move(entry),
        .sha256 = sha256(as_bytes(text)),
        .certificate_sha256 = certificate,
        .signing_input = std::string(protected_text) + "." + std::string(payload_text),
        .signature = std::move(*signature)};
}

}  // namespace

std::string_view name_of(HandOverKind kind) noexcept {
    for (const auto& [known, name] : kinds) {
        if (known == kind) return name;
    }
    return "";
}

std::optional<HandOverKind> hand_over_kind_from(std::string_view name) noexcept {
    for (const auto& [kind, known] : kinds) {
        if (known == name) return kind;
    }
    return std::nullopt;
}

bool is_of_outside(HandOverKind kind) noexcept {
    return kind == HandOverKind::vendor || kind == HandOverKind::distributor;
}

bool is_at_site(HandOverKind kind) noexcept {
    return kind == HandOverKind::receiving || kind == HandOverKind::line;
}

bool takes_out(HandOverKind kind) noexcept {
    return kind == HandOverKind::scrap || kind == HandOverKind::return_;
}

Result<HandOverDocument> parse_hand_over(std::string_view text, const HandOverLimits& limits) {
    if (text.size() > limits.octets)
        return Refusal{Reason::too_large, "hand-over: document too large"};
    auto document = parse_document(text, limits);
    // Slugs and the like are refused in words of their own.
    if (!document && document.error().reason != Reason::too_large)
        return bad(document.error().detail);
    return document;
}

bool is_signed_by(const HandOverDocument& document, const PublicKey& key) {
    return key.algorithm() == KeyAlgorithm::ec_p256 &&
           verify_signature(key, SignatureAlgorithm::ecdsa_sha256, as_bytes(document.signing_input),
                            ecdsa_der_from_raw(document.signature));
}

std::string hand_over_payload(const HandOver& entry) {
    json::object payload{{"at", to_rfc3339(entry.at)},
                         {"from", entry.from},
                         {"kind", name_of(entry.kind)},
                         {"lot", entry.lot.get()},
                         {"previous", to_hex(entry.previous)},
                         {"sequence", entry.sequence},
                         {"to", entry.to},
                         {"units", entry.units}};
    if (entry.site) payload.emplace("site", entry.site->get());
    if (!entry.elements.empty()) {
        json::array elements;
        for (const std::string& unique_id : entry.elements)
            elements.emplace_back(unique_id);
        payload.emplace("elements", std::move(elements));
    }
    return canonical_json(payload);
}

std::string write_hand_over(const HandOver& entry, const Digest& certificate_sha256,
                            const FileKey& key) {
    if (key.public_key().algorithm() != KeyAlgorithm::ec_p256)
        throw Fault("hand-overs are signed with ES256, so the key is on P-256");
    const std::string header = canonical_json(json::object{
        {"alg", "ES256"}, {"typ", document_type}, {"x5t#S256", to_base64url(certificate_sha256)}});
    const std::string protected_text = to_base64url(as_bytes(header));
    const std::string payload = to_base64url(as_bytes(hand_over_payload(entry)));
    const Bytes signature = key.sign(as_bytes(protected_text + "." + payload));
    const auto raw = ecdsa_raw_from_der(signature, 32);
    if (!raw) throw Fault("the signature is not exact DER");
    return canonical_json(json::object{
        {"payload", payload}, {"protected", protected_text}, {"signature", to_base64url(*raw)}});
}

}  // namespace hallmark
