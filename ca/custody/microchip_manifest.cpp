#include "ca/custody/json_array.h"
#include "ca/custody/jwk.h"
#include "ca/custody/manifest.h"
#include "ca/custody/manifest_fields.h"
#include "ca/custody/manifest_signer.h"

#include <array>
#include <memory>
#include <optional>

#include <boost/json.hpp>

namespace hallmark {

namespace {

namespace json = boost::json;

/// One entry's flattened JWS, taken apart and not yet believed. The texts are the entry's own and
/// stand as long as it does.
struct Jws {
    std::string_view protected_text;  ///< As it came.
    std::string_view payload_text;
    Bytes signature;
    std::string_view
        unique_id;  ///< From the unprotected header: a hint until the payload says the same.
};

struct ProtectedHeader {
    Digest certificate_sha256{};
    Bytes key_identifier;
};

/// What the first entry settles for all of them.
struct Settled {
    ManifestSigner signer;
    std::string protected_text;  ///< Most entries have the very same, and then it is read once.
    bool is_light = false;
    ManifestLimits limits;
};

Result<Jws> parse_jws(const json::object& entry) {
    if (!has_exactly(entry, {"payload", "protected", "header", "signature"}))
        return bad_entry("not a flattened JWS");
    const json::object* header = entry.at("header").if_object();
    // RFC 7515 4: what is here is not signed; anything but the hint could shadow a signed member.
    if (!header || !has_exactly(*header, {"uniqueId"}))
        return bad_entry("unprotected header holds more than uniqueId");
    auto signature = from_base64url(text_member(entry, "signature"));
    if (!signature) return bad_entry("not base64url");
    return Jws{text_member(entry, "protected"), text_member(entry, "payload"),
               std::move(*signature), text_member(*header, "uniqueId")};
}

Result<ProtectedHeader> parse_protected(std::string_view encoded, std::size_t octets) {
    const auto text = from_base64url(encoded);
    if (!text) return bad_entry("not base64url");
    HALLMARK_TRY(header, parse_object(as_text(*text), octets, "protected header"));
    // The algorithm is ours to name, not the document's (RFC 8725 3.1): "none" dies here with all
    // others.
    if (text_member(header, "alg") != "ES256") return bad_entry("algorithm is not ES256");
    if (!has_exactly(header, {"alg", "kid", "typ", "x5t#S256"}) ||
        text_member(header, "typ") != "JWT") {
        return bad_entry("protected header is not alg, kid, typ JWT and x5t#S256");
    }
    auto key_identifier = from_base64url(text_member(header, "kid"));
    const auto thumbprint = from_base64url(text_member(header, "x5t#S256"));
    const auto digest = thumbprint ? digest_from_bytes(*thumbprint) : std::nullopt;
    if (!key_identifier || !digest) return bad_entry("kid or x5t#S256 malformed");
    return ProtectedHeader{*digest, std::move(*key_identifier)};
}

Result<json::object> parse_payload(std::string_view encoded, std::size_t octets,
                                   json::storage_ptr storage = {}) {
    const auto text = from_base64url(encoded);
    if (!text) return bad_entry("not base64url");
    return parse_object(as_text(*text), octets, "payload", std::move(storage));
}

/// The form of the entry: 1 and 3 hold public keys, 2 holds none.
Result<bool> is_light(const json::object& payload) {
    const json::value* version = payload.if_contains("version");
    const std::int64_t* number = version ? version->if_int64() : nullptr;
    if (!number || *number < 1 || *number > 3) return bad_entry("version not taken");
    return *number == 2;
}

Result<Done> check_signature(const Jws& jws, const Settled& settled) {
    if (jws.protected_text != settled.protected_text) {
        HALLMARK_TRY(header, parse_protected(jws.protected_text, settled.limits.entry_octets));
        if (settled.signer.certificate.sha256 != header.certificate_sha256)
            return bad_entry("signed by another than the first entry");
        const auto expected = settled.signer.certificate.subject_key_identifier();
        if (expected && *expected != header.key_identifier)
            return bad_entry("kid is not the signer's key identifier");
    }
    // RFC 7518 3.4: r and s, 32 octets each.
    if (jws.signature.size() != 64) return bad_entry("signature is not 64 octets");
    // RFC 7515 5.1: protected || '.' || payload, as they came.
    std::string message;
    message.reserve(jws.protected_text.size() + 1 + jws.payload_text.size());
    message.append(jws.protected_text).append(".").append(jws.payload_text);
    if (!verify_jws(settled.signer.key, "ES256", message, jws.signature))
        return bad_entry("signature does not verify");
    return Done{};
}

Result<Done> read_keys(const json::object& payload, std::size_t most, ManifestUnit& unit) {
    const json::value* set = payload.if_contains("publicKeySet");
    const json::object* set_object = set ? set->if_object() : nullptr;
    const json::value* member = set_object ? set_object->if_contains("keys") : nullptr;
    const json::array* list = member ? member->if_array() : nullptr;
    // An element is looked up by the key that evidence proves; one without keys could never be.
    if (!list || list->empty()) return bad_entry("no public key");
    if (list->size() > most) return Refusal{Reason::too_large, "too many keys"};
    for (const json::value& jwk : *list) {
        HALLMARK_TRY(key, parse_jwk(jwk));
        unit.keys.push_back(std::move(key));
    }
    return Done{};
}

Result<ManifestUnit> read_unit(const Jws& jws, const Settled& settled,
                               const json::storage_ptr& storage) {
    HALLMARK_TRY(signature, check_signature(jws, settled));
    HALLMARK_TRY(payload, parse_payload(jws.payload_text, settled.limits.entry_octets, storage));
    ManifestUnit unit{std::string(text_member(payload, "uniqueId")),
                      std::string(text_member(payload, "model")),
                      {}};
    if (!is_unit_id(unit.unique_id)) return bad_entry("uniqueId malformed");
    if (unit.unique_id != jws.unique_id)
        return bad_entry("unprotected uniqueId differs from the signed one");
    if (!is_unit_model(unit.model)) return bad_entry("model malformed");
    HALLMARK_TRY(light, is_light(payload));
    if (light != settled.is_light) return bad_entry("light entries stand among full ones");
    if (light) {
        if (payload.contains("publicKeySet")) return bad_entry("a light entry with public keys");
        return unit;
    }
    HALLMARK_TRY(keys, read_keys(payload, settled.limits.keys_per_entry, unit));
    return unit;
}

/// Finds the signer that the first entry names; that the entry is his is asked with all the others.
Result<Settled> settle(const Jws& jws, const ManifestTerms& terms, const ChainValidator& chains) {
    HALLMARK_TRY(header, parse_protected(jws.protected_text, terms.limits.entry_octets));
    HALLMARK_TRY(signer, find_manifest_signer({.certificate_sha256 = header.certificate_sha256,
                                               .pins = terms.pins,
                                               .now = terms.now},
                                              chains));
    // RFC 7518 3.4: ES256 is ECDSA on P-256.
    if (signer.key.algorithm() != KeyAlgorithm::ec_p256)
        return bad_entry("manifest signer: key is not P-256");
    const auto expected = signer.certificate.subject_key_identifier();
    if (expected && *expected != header.key_identifier)
        return bad_entry("kid is not the signer's key identifier");
    Settled settled{std::move(signer), std::string(jws.protected_text), false, terms.limits};
    // Not yet signed by anybody: where it lies, its own signature says so.
    if (const auto payload = parse_payload(jws.payload_text, terms.limits.entry_octets)) {
        const auto light = is_light(*payload);
        settled.is_light = light && *light;
    }
    return settled;
}

Result<ManifestUnit> check_entry(std::size_t index, std::string_view text, const Settled& settled) {
    // An entry is some fifty small values: they take what stands here before they ask for more.
    std::array<unsigned char, 8192> room;
    json::monotonic_resource storage(room.data(), room.size());
    const auto entry = parse_object(text, settled.limits.entry_octets, "entry", &storage);
    if (!entry) return at_entry(index, "", entry.error());
    const auto jws = parse_jws(*entry);
    if (!jws) return at_entry(index, "", jws.error());
    auto unit = read_unit(*jws, settled, &storage);
    if (!unit) return at_entry(index, jws->unique_id, unit.error());
    return unit;
}

Result<Settled> settle_by_first(std::string_view text, const ManifestTerms& terms,
                                const ChainValidator& chains) {
    const auto entry = parse_object(text, terms.limits.entry_octets, "entry");
    if (!entry) return at_entry(0, "", entry.error());
    const auto jws = parse_jws(*entry);
    if (!jws) return at_entry(0, "", jws.error());
    auto settled = settle(*jws, terms, chains);
    if (!settled) return at_entry(0, jws->unique_id, settled.error());
    return settled;
}

}  // namespace

Result<Digest> parse_microchip_manifest(ManifestInput& input, const ManifestTerms& terms,
                                        const ChainValidator& chains, const ManifestSink& sink) {
    const ManifestLimits& limits = terms.limits;
    JsonArray entries(
        input,
        {.octets = limits.octets, .entries = limits.entries, .entry_octets = limits.entry_octets});
    std::shared_ptr<const Settled> settled;
    for (std::size_t index = 0;; ++index) {
        HALLMARK_TRY(text, entries.next());
        if (!text) return settled->signer.certificate.sha256;
        if (!settled) {
            HALLMARK_TRY(by_first, settle_by_first(*text, terms, chains));
            settled = std::make_shared<const Settled>(std::move(by_first));
        }
        HALLMARK_TRY(taken, sink({index, [index, settled, entry = std::move(*text)] {
                                      return check_entry(index, entry, *settled);
                                  }}));
    }
}

}  // namespace hallmark
