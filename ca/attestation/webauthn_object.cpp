#include "ca/attestation/webauthn_object.h"

#include "ca/attestation/members.h"
#include "ca/crypto/cose_key.h"
#include "ca/json/json.h"

#include <boost/json.hpp>

namespace hallmark {
namespace {

// 6.1: rpIdHash, flags, signCount; then, where the flag says so, attested credential data.
constexpr std::size_t hash_octets = 32, counter_octets = 4, aaguid_octets = 16;
constexpr unsigned char attested = 0x40, extended = 0x80;
constexpr JsonLimits client_data_limits{.octets = 8 * 1024, .depth = 4, .members = 64};

constexpr std::int64_t key_algorithm = 3;  // RFC 9052 7.1: alg

const Bytes* octets_of(const CborItem* item) {
    return item && item->kind == CborItem::Kind::bytes ? &item->octets : nullptr;
}

Result<Done> read_authenticator_data(AttestationObject& object) {
    const ByteView data = object.authenticator_data;
    constexpr std::size_t head = hash_octets + 1 + counter_octets;
    if (data.size() < head + aaguid_octets + 2)
        return evidence_refused("object", "the authenticator data are too short");
    const unsigned char flags = data[hash_octets];
    if ((flags & attested) == 0) return evidence_refused("object", "no attested credential data");
    object.relying_party = *digest_from_bytes(data.first(hash_octets));
    object.aaguid = to_bytes(data.subspan(head, aaguid_octets));
    ByteView rest = data.subspan(head + aaguid_octets);
    const std::size_t id_octets = static_cast<std::size_t>(rest[0]) << 8 | rest[1];
    if (rest.size() - 2 < id_octets)
        return evidence_refused("object", "the credential id is cut off");
    rest = rest.subspan(2 + id_octets);
    const auto cose = take_cbor(rest);
    if (!cose) return evidence_refused("object", "the credential key is malformed");
    if ((flags & extended) != 0 && !take_cbor(rest))
        return evidence_refused("object", "the extensions are malformed");
    if (!rest.empty()) return evidence_refused("object", "octets behind the authenticator data");
    if (!cose->find(key_algorithm)) return evidence_refused("key", "no algorithm");
    HALLMARK_TRY(spki, spki_of_cose_key(*cose));
    object.spki = std::move(spki);
    return Done{};
}

}  // namespace

Result<AttestationObject> parse_attestation_object(ByteView cbor) {
    auto item = parse_cbor(cbor);
    if (!item || item->kind != CborItem::Kind::map || item->items.size() != 6)
        return evidence_refused("object", "not one CBOR map of three");
    const CborItem* const format = item->find("fmt");
    const CborItem* const statement = item->find("attStmt");
    const CborItem* const data = item->find("authData");
    if (!format || format->kind != CborItem::Kind::text || !statement ||
        statement->kind != CborItem::Kind::map || !octets_of(data)) {
        return evidence_refused("object", "fmt, attStmt and authData are not what they must be");
    }
    AttestationObject object;
    object.statement_format = std::string(format->text());
    object.statement = *statement;
    object.authenticator_data = data->octets;
    HALLMARK_TRY(read, read_authenticator_data(object));
    return object;
}

Result<Bytes> challenge_in(ByteView client_data) {
    const auto document = parse_json(as_text(client_data), client_data_limits);
    if (!document || !document->is_object())
        return evidence_refused("client-data", "not one JSON object");
    const boost::json::object& object = document->get_object();
    const auto text = [&](const char* name) -> std::optional<std::string> {
        const boost::json::value* const value = object.if_contains(name);
        if (!value || !value->is_string()) return std::nullopt;
        return std::string(value->get_string());
    };
    if (text("type") != "webauthn.create")
        return evidence_refused("client-data", "not of a credential's creation");
    const auto challenge = text("challenge");
    if (!challenge) return evidence_refused("client-data", "no challenge");
    auto octets = from_base64url(*challenge);
    if (!octets) return evidence_refused("client-data", "the challenge is no base64url");
    return std::move(*octets);
}

}  // namespace hallmark
