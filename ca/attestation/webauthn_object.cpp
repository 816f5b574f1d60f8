#include "ca/attestation/webauthn_object.h"

#include "ca/attestation/members.h"
#include "ca/crypto/der.h"
#include "ca/json/json.h"

#include <array>

#include <boost/json.hpp>

namespace hallmark {
namespace {

// 6.1: rpIdHash, flags, signCount; then, where the flag says so, attested credential data.
constexpr std::size_t hash_octets = 32, counter_octets = 4, aaguid_octets = 16;
constexpr unsigned char attested = 0x40, extended = 0x80;
constexpr JsonLimits client_data_limits{.octets = 8 * 1024, .depth = 4, .members = 64};

// RFC 9052 7.1 and RFC 9053 7.1, RFC 8230 4: labels and values of COSE keys.
constexpr std::int64_t kty = 1, alg = 3, crv = -1, x = -2, y = -3, n = -1, e = -2;
constexpr std::int64_t kty_ec2 = 2, kty_rsa = 3, crv_p256 = 1, crv_p384 = 2;

bool is_number(const CborItem* item, std::int64_t value) {
    return item && item->kind == CborItem::Kind::number && item->number == value;
}

const Bytes* octets_of(const CborItem* item) {
    return item && item->kind == CborItem::Kind::bytes ? &item->octets : nullptr;
}

/// rsaEncryption (RFC 3279 2.3.1) with NULL parameters.
Result<Bytes> rsa_spki(ByteView modulus, ByteView exponent) {
    constexpr std::array<unsigned char, 3> public_exponent{0x01, 0x00, 0x01};
    while (!modulus.empty() && modulus.front() == 0)
        modulus = modulus.subspan(1);
    if (!equal(exponent, public_exponent))
        return evidence_refused("key", "the public exponent is not 65537");
    const bool is_short = modulus.size() < 256 || (modulus.size() == 256 && modulus[0] < 0x80);
    if (is_short || modulus.size() > 512 || (modulus.back() & 1u) == 0)
        return evidence_refused("key", "the modulus is not an odd one of 2048 to 4096 bits");
    if (has_roca_fingerprint(modulus))
        return evidence_refused("key", "the modulus bears the ROCA fingerprint");
    return der_sequence(
        {der_sequence({der_oid("1.2.840.113549.1.1.1"), der_null()}),
         der_bit_string(der_sequence({der_unsigned(modulus), der_unsigned(public_exponent)}))});
}

Result<Bytes> spki_of(const CborItem& cose) {
    if (is_number(cose.find(kty), kty_ec2)) {
        const bool is_p256 = is_number(cose.find(crv), crv_p256);
        if (!is_p256 && !is_number(cose.find(crv), crv_p384))
            return evidence_refused("key", "the curve is not taken");
        const Bytes* const at_x = octets_of(cose.find(x));
        const Bytes* const at_y = octets_of(cose.find(y));
        if (!at_x || !at_y) return evidence_refused("key", "no uncompressed point");
        const auto key =
            ec_public_key(is_p256 ? KeyAlgorithm::ec_p256 : KeyAlgorithm::ec_p384, *at_x, *at_y);
        if (!key) return Refusal{Reason::evidence_not_accepted, key.error().detail};
        return key->spki();
    }
    if (is_number(cose.find(kty), kty_rsa)) {
        const Bytes* const modulus = octets_of(cose.find(n));
        const Bytes* const exponent = octets_of(cose.find(e));
        if (!modulus || !exponent) return evidence_refused("key", "no RSA modulus and exponent");
        return rsa_spki(*modulus, *exponent);
    }
    return evidence_refused("key", "a kind that is not taken");
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
    if (!cose->find(alg)) return evidence_refused("key", "no algorithm");
    HALLMARK_TRY(spki, spki_of(*cose));
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

std::optional<SignatureAlgorithm> cose_signature_algorithm(std::int64_t number) noexcept {
    switch (number) {
        case -7:
            return SignatureAlgorithm::ecdsa_sha256;
        case -35:
            return SignatureAlgorithm::ecdsa_sha384;
        case -36:
            return SignatureAlgorithm::ecdsa_sha512;
        case -257:
            return SignatureAlgorithm::rsa_pkcs1_sha256;
        case -258:
            return SignatureAlgorithm::rsa_pkcs1_sha384;
        case -259:
            return SignatureAlgorithm::rsa_pkcs1_sha512;
        default:
            return std::nullopt;
    }
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
