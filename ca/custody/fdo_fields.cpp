#include "ca/custody/fdo_fields.h"

#include "ca/crypto/certificate.h"
#include "ca/crypto/cose_key.h"
#include "ca/custody/manifest_fields.h"

namespace hallmark {

namespace {

using Kind = CborItem::Kind;

constexpr std::int64_t hash_sha256 = -16, hash_sha384 = -43;  // RFC 9054 2.1
constexpr std::int64_t hmac_sha256 = 5, hmac_sha384 = 6;      // RFC 9053 3.1
constexpr std::int64_t type_p256 = 10, type_p384 = 11;
constexpr std::int64_t encoding_x509 = 1, encoding_chain = 2, encoding_cose = 3;

Result<Bytes> spki_in(const CborItem& encoding, const CborItem& body) {
    if (is_number(encoding, encoding_x509) && body.kind == Kind::bytes) return body.octets;
    if (is_number(encoding, encoding_cose)) return spki_of_cose_key(body);
    if (is_number(encoding, encoding_chain) && body.kind == Kind::array && !body.items.empty() &&
        body.items.front().kind == Kind::bytes) {
        HALLMARK_TRY(certificate, parse_certificate(body.items.front().octets));
        return certificate.spki;
    }
    return bad_entry("encoding not taken");
}

}  // namespace

bool is_array(const CborItem& item, std::size_t count) {
    return item.kind == Kind::array && item.items.size() == count;
}
bool is_number(const CborItem& item, std::int64_t number) {
    return item.kind == Kind::number && item.number == number;
}

bool is_mac(const CborItem& item) {
    if (!is_array(item, 2) || item.items[1].kind != Kind::bytes) return false;
    const std::size_t octets = item.items[1].octets.size();
    return (is_number(item.items[0], hmac_sha256) && octets == 32) ||
           (is_number(item.items[0], hmac_sha384) && octets == 48);
}

bool is_hash_of(const CborItem& item, ByteView octets) {
    if (!is_array(item, 2) || item.items[1].kind != Kind::bytes) return false;
    const bool is_256 = is_number(item.items[0], hash_sha256);
    if (!is_256 && !is_number(item.items[0], hash_sha384)) return false;
    return item.items[1].octets ==
           hash(is_256 ? HashAlgorithm::sha256 : HashAlgorithm::sha384, octets);
}

Result<PublicKey> key_in(const CborItem& item) {
    if (!is_array(item, 3)) return bad_entry("public key malformed");
    const bool is_p256 = is_number(item.items[0], type_p256);
    if (!is_p256 && !is_number(item.items[0], type_p384))
        return bad_entry("public key: type not taken");
    const auto spki = spki_in(item.items[1], item.items[2]);
    if (!spki) return bad_entry("public key: " + spki.error().detail);
    auto key = parse_public_key(*spki);
    if (!key) return bad_entry("public " + key.error().detail);
    if (key->algorithm() != (is_p256 ? KeyAlgorithm::ec_p256 : KeyAlgorithm::ec_p384))
        return bad_entry("public key: not of the type that it says");
    return key;
}

}  // namespace hallmark
