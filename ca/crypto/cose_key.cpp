#include "ca/crypto/cose_key.h"

#include "ca/crypto/der.h"

#include <array>

namespace hallmark {
namespace {

// RFC 9052 7.1 and RFC 9053 7.1, RFC 8230 4: labels and values of COSE keys.
constexpr std::int64_t kty = 1, crv = -1, x = -2, y = -3, n = -1, e = -2;
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
        return cose_refused("key", "the public exponent is not 65537");
    const bool is_short = modulus.size() < 256 || (modulus.size() == 256 && modulus[0] < 0x80);
    if (is_short || modulus.size() > 512 || (modulus.back() & 1u) == 0)
        return cose_refused("key", "the modulus is not an odd one of 2048 to 4096 bits");
    if (has_roca_fingerprint(modulus))
        return cose_refused("key", "the modulus bears the ROCA fingerprint");
    return der_sequence(
        {der_sequence({der_oid("1.2.840.113549.1.1.1"), der_null()}),
         der_bit_string(der_sequence({der_unsigned(modulus), der_unsigned(public_exponent)}))});
}

}  // namespace

Result<Bytes> spki_of_cose_key(const CborItem& cose) {
    if (is_number(cose.find(kty), kty_ec2)) {
        const bool is_p256 = is_number(cose.find(crv), crv_p256);
        if (!is_p256 && !is_number(cose.find(crv), crv_p384))
            return cose_refused("key", "the curve is not taken");
        const Bytes* const at_x = octets_of(cose.find(x));
        const Bytes* const at_y = octets_of(cose.find(y));
        if (!at_x || !at_y) return cose_refused("key", "no uncompressed point");
        const auto key =
            ec_public_key(is_p256 ? KeyAlgorithm::ec_p256 : KeyAlgorithm::ec_p384, *at_x, *at_y);
        if (!key) return Refusal{Reason::evidence_not_accepted, key.error().detail};
        return key->spki();
    }
    if (is_number(cose.find(kty), kty_rsa)) {
        const Bytes* const modulus = octets_of(cose.find(n));
        const Bytes* const exponent = octets_of(cose.find(e));
        if (!modulus || !exponent) return cose_refused("key", "no RSA modulus and exponent");
        return rsa_spki(*modulus, *exponent);
    }
    return cose_refused("key", "a kind that is not taken");
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

}  // namespace hallmark
