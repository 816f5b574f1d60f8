#include "station/simulator/soft_x509.h"

#include "ca/crypto/der.h"
#include "ca/crypto/hash.h"

#include <openssl/crypto.h>
#include <openssl/x509.h>

namespace hallmark {
namespace {

constexpr unsigned key_cert_sign = 5;

Bytes key_id(ByteView spki) {
    Bytes digest = hash(HashAlgorithm::sha1, spki);
    return digest;
}

Bytes sign_digest(const EVP_MD* digest, EVP_PKEY* key, ByteView message) {
    const MdContextPtr context(made(MdContextPtr(EVP_MD_CTX_new()), "EVP_MD_CTX_new"));
    check(EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key), "EVP_DigestSignInit");
    std::size_t size = 0;
    check(EVP_DigestSign(context.get(), nullptr, &size, message.data(), message.size()),
          "EVP_DigestSign");
    Bytes signature(size);
    check(EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()),
          "EVP_DigestSign");
    signature.resize(size);
    return signature;
}

}  // namespace

PkeyPtr soft_p256_key() {
    return made(PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")), "keygen");
}

Bytes soft_name(std::string_view cn) {
    if (cn.empty()) return der_sequence({});
    return der_sequence({der_set_of({der_sequence({der_oid("2.5.4.3"), der_utf8(cn)})})});
}

Bytes soft_extension(std::string_view oid, bool critical, ByteView value) {
    return critical ? der_sequence({der_oid(oid), der_boolean(true), der_octet_string(value)})
                    : der_sequence({der_oid(oid), der_octet_string(value)});
}

Bytes soft_key_usage(unsigned bit) {
    const Bytes content{static_cast<unsigned char>(7 - bit),
                        static_cast<unsigned char>(0x80 >> bit)};
    return soft_extension("2.5.29.15", true, der(tag::bit_string, content));
}

Bytes soft_basic_constraints(bool ca) {
    return soft_extension("2.5.29.19", true,
                          ca ? der_sequence({der_boolean(true)}) : der_sequence({}));
}

Bytes soft_subject_key_identifier(ByteView spki) {
    return soft_extension("2.5.29.14", false, der_octet_string(key_id(spki)));
}

Bytes soft_authority_key_identifier(ByteView issuer_spki) {
    return soft_extension("2.5.29.35", false,
                          der_sequence({der(tag::context(0, false), key_id(issuer_spki))}));
}

Bytes soft_ecdsa_with_sha256() {
    return der_sequence({der_oid("1.2.840.10045.4.3.2")});
}

Bytes soft_certificate(const SoftTbs& tbs, EVP_PKEY* issuer_key) {
    Bytes serial = tbs.serial;
    if (serial.empty()) {
        serial = random_bytes(16);
        serial[0] = static_cast<unsigned char>((serial[0] & 0x3F) | 0x40);
    }
    const Bytes body = der_sequence(
        {der(tag::context(0, true), der_integer(2)), der_unsigned(serial), soft_ecdsa_with_sha256(),
         tbs.issuer, der_sequence({der_time(tbs.not_before), der_time(tbs.not_after)}), tbs.subject,
         tbs.spki,
         tbs.extensions.empty() ? Bytes()
                                : der(tag::context(3, true), der(tag::sequence, tbs.extensions))});
    return der_sequence(
        {body, soft_ecdsa_with_sha256(), der_bit_string(sign_sha256(issuer_key, body))});
}

Bytes soft_ca_certificate(std::string_view subject, std::string_view issuer, EVP_PKEY* key,
                          EVP_PKEY* issuer_key) {
    return soft_certificate(
        {.issuer = soft_name(issuer),
         .subject = soft_name(subject),
         .spki = spki_of(key),
         .extensions = concat({soft_basic_constraints(true), soft_key_usage(key_cert_sign),
                               soft_subject_key_identifier(spki_of(key)),
                               soft_authority_key_identifier(spki_of(issuer_key))}),
         .not_before = from_rfc3339("2020-01-01T00:00:00Z").value(),
         .not_after = from_rfc3339("2049-01-01T00:00:00Z").value()},
        issuer_key);
}

Bytes spki_of(EVP_PKEY* key) {
    unsigned char* encoded = nullptr;
    const int length = i2d_PUBKEY(key, &encoded);
    if (length <= 0) throw_crypto_fault("i2d_PUBKEY");
    Bytes spki(encoded, encoded + length);
    OPENSSL_free(encoded);
    return spki;
}

Bytes sign_sha256(EVP_PKEY* key, ByteView message) {
    return sign_digest(EVP_sha256(), key, message);
}

Bytes sign_sha384(EVP_PKEY* key, ByteView message) {
    return sign_digest(EVP_sha384(), key, message);
}

Bytes private_der(EVP_PKEY* key) {
    const std::unique_ptr<PKCS8_PRIV_KEY_INFO, FreeWith<PKCS8_PRIV_KEY_INFO_free>> info(
        EVP_PKEY2PKCS8(key));
    unsigned char* encoded = nullptr;
    const int length = i2d_PKCS8_PRIV_KEY_INFO(info.get(), &encoded);
    if (length <= 0) throw_crypto_fault("i2d_PKCS8_PRIV_KEY_INFO");
    Bytes der(encoded, encoded + length);
    OPENSSL_free(encoded);
    return der;
}

PkeyPtr private_from_der(ByteView der) {
    const unsigned char* cursor = der.data();
    return PkeyPtr(d2i_AutoPrivateKey(nullptr, &cursor, static_cast<long>(der.size())));
}

}  // namespace hallmark
