#include "ca/crypto/hash.h"
#include "ca/custody/json_array.h"
#include "ca/custody/jwk.h"
#include "ca/custody/manifest.h"
#include "ca/custody/manifest_signer.h"
#include "ca/json/json.h"

#include <algorithm>
#include <optional>
#include <set>

#include <boost/json.hpp>

namespace hallmark {

namespace {

namespace json = boost::json;

constexpr std::size_t most_identifier = 64;

/// One entry's flattened JWS, taken apart and not yet believed.
struct Jws {
    std::string signing_input;  ///< RFC 7515 5.1: protected || '.' || payload, as they came.
    Bytes protected_header;
    Bytes payload;
    Bytes signature;
    std::string
        unique_id;  ///< From the unprotected header: a hint until the payload says the same.
};

struct ProtectedHeader {
    Digest certificate_sha256{};
    Bytes key_identifier;
};

Refusal bad(std::string what) {
    return {Reason::invalid_document, std::move(what)};
}

std::string_view text_of(const json::object& object, std::string_view name) {
    const json::value* member = object.if_contains(name);
    const json::string* text = member ? member->if_string() : nullptr;
    return text ? std::string_view(*text) : std::string_view();
}

/// Exactly these members: an unknown one in a JWS may change what the signature means (RFC
/// 7515 4.1.11).
bool has_exactly(const json::object& object, std::initializer_list<std::string_view> names) {
    return object.size() == names.size() &&
           std::all_of(names.begin(), names.end(),
                       [&](std::string_view name) { return object.contains(name); });
}

bool is_identifier(std::string_view text) {
    const auto is_alphanumeric = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    };
    const auto is_taken = [&](char c) {
        return is_alphanumeric(c) || c == '.' || c == '_' || c == ':' || c == '-';
    };
    return !text.empty() && text.size() <= most_identifier && is_alphanumeric(text.front()) &&
           std::all_of(text.begin(), text.end(), is_taken);
}

/// Vendors' names of parts hold spaces; anything that prints is taken.
bool is_model(std::string_view text) {
    return text.size() <= most_identifier &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

Result<json::object> parse_object(std::string_view text, std::size_t octets,
                                  std::string_view what) {
    auto value = parse_json(text, JsonLimits{.octets = octets});
    if (!value) return bad(std::string(what) + ": " + value.error().detail);
    if (!value->is_object()) return bad(std::string(what) + " is not an object");
    return std::move(value->get_object());
}

Result<Jws> parse_jws(const json::object& entry) {
    if (!has_exactly(entry, {"payload", "protected", "header", "signature"}))
        return bad("not a flattened JWS");
    const json::object* header = entry.at("header").if_object();
    // RFC 7515 4: what is here is not signed; anything but the hint could shadow a signed member.
    if (!header || !has_exactly(*header, {"uniqueId"}))
        return bad("unprotected header holds more than uniqueId");
    const std::string_view protected_text = text_of(entry, "protected");
    const std::string_view payload_text = text_of(entry, "payload");
    auto protected_header = from_base64url(protected_text);
    auto payload = from_base64url(payload_text);
    auto signature = from_base64url(text_of(entry, "signature"));
    if (!protected_header || !payload || !signature) return bad("not base64url");
    return Jws{std::string(protected_text) + "." + std::string(payload_text),
               std::move(*protected_header), std::move(*payload), std::move(*signature),
               std::string(text_of(*header, "uniqueId"))};
}

Result<ProtectedHeader> parse_protected(const Bytes& text, std::size_t octets) {
    HALLMARK_TRY(header, parse_object(as_text(text), octets, "protected header"));
    // The algorithm is ours to name, not the document's (RFC 8725 3.1): "none" dies here with all
    // others.
    if (text_of(header, "alg") != "ES256") return bad("algorithm is not ES256");
    if (!has_exactly(header, {"alg", "kid", "typ", "x5t#S256"}) ||
        text_of(header, "typ") != "JWT") {
        return bad("protected header is not alg, kid, typ JWT and x5t#S256");
    }
    auto key_identifier = from_base64url(text_of(header, "kid"));
    const auto thumbprint = from_base64url(text_of(header, "x5t#S256"));
    const auto digest = thumbprint ? digest_from_bytes(*thumbprint) : std::nullopt;
    if (!key_identifier || !digest) return bad("kid or x5t#S256 malformed");
    return ProtectedHeader{*digest, std::move(*key_identifier)};
}

class Reader {
public:
    Reader(const ManifestDocument& document, const ChainValidator& chains)
        : document_(document), chains_(chains) {}

    Result<Manifest> read();

private:
    Result<ManifestUnit> read_entry(std::string_view text);
    Result<Done> check_signature(const Jws& jws);
    Result<ManifestUnit> read_payload(const Jws& jws);
    Result<Done> read_keys(const json::object& payload, ManifestUnit& unit);

    const ManifestDocument& document_;
    const ChainValidator& chains_;
    std::optional<ManifestSigner> signer_;
    std::set<std::string> unique_ids_;  ///< Lower case: hexadecimal is written in either.
    std::set<Digest> keys_;
    std::string place_;  ///< The uniqueId of the entry being read, once it has a safe form.
};

Result<Manifest> Reader::read() {
    const ManifestLimits& limits = document_.limits;
    HALLMARK_TRY(entries, split_json_array(document_.text, {.octets = limits.octets,
                                                            .entries = limits.entries,
                                                            .entry_octets = limits.entry_octets}));
    Manifest manifest{.sha256 = sha256(as_bytes(document_.text)),
                      .format = std::string(microchip_manifest_format),
                      .signer_sha256 = {},
                      .units = {}};
    manifest.units.reserve(entries.size());
    for (std::size_t index = 0; index < entries.size(); ++index) {
        place_ = "unknown";
        auto unit = read_entry(entries[index]);
        if (!unit) {
            return Refusal{unit.error().reason, "entry " + std::to_string(index) + " (uniqueId " +
                                                    place_ + "): " + unit.error().detail};
        }
        manifest.units.push_back(std::move(*unit));
    }
    manifest.signer_sha256 = signer_->certificate.sha256;
    return manifest;
}

Result<ManifestUnit> Reader::read_entry(std::string_view text) {
    HALLMARK_TRY(entry, parse_object(text, document_.limits.entry_octets, "entry"));
    HALLMARK_TRY(jws, parse_jws(entry));
    if (is_identifier(jws.unique_id)) place_ = jws.unique_id;
    HALLMARK_TRY(signature, check_signature(jws));
    return read_payload(jws);
}

Result<Done> Reader::check_signature(const Jws& jws) {
    HALLMARK_TRY(header, parse_protected(jws.protected_header, document_.limits.entry_octets));
    if (!signer_) {
        HALLMARK_TRY(signer, find_manifest_signer({.certificate_sha256 = header.certificate_sha256,
                                                   .pins = document_.pins,
                                                   .now = document_.now},
                                                  chains_));
        signer_ = std::move(signer);
    }
    if (signer_->certificate.sha256 != header.certificate_sha256)
        return bad("signed by another than the first entry");
    const auto expected = signer_->certificate.subject_key_identifier();
    if (expected && *expected != header.key_identifier)
        return bad("kid is not the signer's key identifier");
    // RFC 7518 3.4: r and s, 32 octets each.
    if (jws.signature.size() != 64) return bad("signature is not 64 octets");
    if (!verify_signature(signer_->key, SignatureAlgorithm::ecdsa_sha256,
                          as_bytes(jws.signing_input), ecdsa_der_from_raw(jws.signature))) {
        return bad("signature does not verify");
    }
    return Done{};
}

Result<ManifestUnit> Reader::read_payload(const Jws& jws) {
    HALLMARK_TRY(payload,
                 parse_object(as_text(jws.payload), document_.limits.entry_octets, "payload"));
    ManifestUnit unit{
        std::string(text_of(payload, "uniqueId")), std::string(text_of(payload, "model")), {}};
    if (!is_identifier(unit.unique_id)) return bad("uniqueId malformed");
    if (unit.unique_id != jws.unique_id)
        return bad("unprotected uniqueId differs from the signed one");
    if (!is_model(unit.model)) return bad("model malformed");
    if (!unique_ids_.insert(lower(unit.unique_id)).second)
        return bad("uniqueId stands in the document twice");
    HALLMARK_TRY(keys, read_keys(payload, unit));
    return unit;
}

Result<Done> Reader::read_keys(const json::object& payload, ManifestUnit& unit) {
    const json::value* set = payload.if_contains("publicKeySet");
    const json::object* set_object = set ? set->if_object() : nullptr;
    const json::value* member = set_object ? set_object->if_contains("keys") : nullptr;
    const json::array* list = member ? member->if_array() : nullptr;
    // An element is looked up by the key that evidence proves; one without keys could never be.
    if (!list || list->empty()) return bad("no public key");
    if (list->size() > document_.limits.keys_per_entry)
        return Refusal{Reason::too_large, "too many keys"};
    for (const json::value& jwk : *list) {
        HALLMARK_TRY(key, parse_jwk(jwk));
        if (!keys_.insert(key.digest()).second) return bad("a key stands in the document twice");
        unit.keys.push_back({key.digest(), key.spki()});
    }
    return Done{};
}

}  // namespace

Result<Manifest> parse_microchip_manifest(const ManifestDocument& document,
                                          const ChainValidator& chains) {
    return Reader(document, chains).read();
}

}  // namespace hallmark
