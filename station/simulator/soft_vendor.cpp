#include "station/simulator/soft_vendor.h"

#include "ca/crypto/der.h"
#include "ca/crypto/hash.h"

#include <openssl/crypto.h>
#include <openssl/x509.h>

namespace hallmark {
namespace {

constexpr unsigned key_cert_sign = 5;

Bytes name_of_cn(std::string_view cn) {
    if (cn.empty()) return der_sequence({});
    return der_sequence({der_set_of({der_sequence({der_oid("2.5.4.3"), der_utf8(cn)})})});
}

Bytes extension(std::string_view oid, bool critical, ByteView value) {
    return critical ? der_sequence({der_oid(oid), der_boolean(true), der_octet_string(value)})
                    : der_sequence({der_oid(oid), der_octet_string(value)});
}

/// KeyUsage with one bit set, by the numbers of RFC 5280 4.2.1.3; bits below 8.
Bytes key_usage(unsigned bit) {
    const Bytes content{static_cast<unsigned char>(7 - bit),
                        static_cast<unsigned char>(0x80 >> bit)};
    return extension("2.5.29.15", true, der(tag::bit_string, content));
}

Bytes basic_constraints(bool ca) {
    return extension("2.5.29.19", true, ca ? der_sequence({der_boolean(true)}) : der_sequence({}));
}

Bytes key_id(ByteView spki) {
    Bytes digest = hash(HashAlgorithm::sha1, spki);
    return digest;
}

Bytes subject_key_identifier(ByteView spki) {
    return extension("2.5.29.14", false, der_octet_string(key_id(spki)));
}

Bytes authority_key_identifier(ByteView issuer_spki) {
    return extension("2.5.29.35", false,
                     der_sequence({der(tag::context(0, false), key_id(issuer_spki))}));
}

Bytes ecdsa_with_sha256() {
    return der_sequence({der_oid("1.2.840.10045.4.3.2")});
}

struct Tbs {
    Bytes issuer;
    Bytes subject;
    Bytes spki;
    Bytes extensions;
    Instant not_before;
    Instant not_after;
};

Bytes signed_certificate(const Tbs& tbs, EVP_PKEY* issuer_key) {
    Bytes serial = random_bytes(16);
    serial[0] = static_cast<unsigned char>((serial[0] & 0x3F) | 0x40);
    const Bytes body = der_sequence(
        {der(tag::context(0, true), der_integer(2)), der_unsigned(serial), ecdsa_with_sha256(),
         tbs.issuer, der_sequence({der_time(tbs.not_before), der_time(tbs.not_after)}), tbs.subject,
         tbs.spki, der(tag::context(3, true), der(tag::sequence, tbs.extensions))});
    return der_sequence({body, ecdsa_with_sha256(), der_bit_string(sign_sha256(issuer_key, body))});
}

Bytes ca_certificate(std::string_view subject, std::string_view issuer, EVP_PKEY* key,
                     EVP_PKEY* issuer_key) {
    return signed_certificate(
        {.issuer = name_of_cn(issuer),
         .subject = name_of_cn(subject),
         .spki = spki_of(key),
         .extensions = concat({basic_constraints(true), key_usage(key_cert_sign),
                               subject_key_identifier(spki_of(key)),
                               authority_key_identifier(spki_of(issuer_key))}),
         .not_before = from_rfc3339("2020-01-01T00:00:00Z").value(),
         .not_after = from_rfc3339("2049-01-01T00:00:00Z").value()},
        issuer_key);
}

Bytes subject_alt_name(const SoftCertificate& certificate) {
    std::vector<Bytes> attributes;
    const auto put = [&](std::string_view oid, const std::optional<std::string>& value) {
        if (value) attributes.push_back(der_sequence({der_oid(oid), der_utf8(*value)}));
    };
    put("2.23.133.2.1", certificate.manufacturer);
    put("2.23.133.2.2", certificate.model);
    put("2.23.133.2.3", certificate.version);
    Bytes rdns;
    if (certificate.one_rdn) {
        rdns = der_set_of(attributes);
    } else {
        for (const Bytes& attribute : attributes)
            append(rdns, der_set_of({attribute}));
    }
    const Bytes directory_name = der(tag::context(4, true), der(tag::sequence, rdns));
    const Bytes names = certificate.second_directory_name
                            ? der_sequence({directory_name, directory_name})
                            : der_sequence({directory_name});
    return extension("2.5.29.17", true, names);
}

Bytes directory_attributes(std::string_view family) {
    const Bytes specification = der_sequence({der_utf8(family), der_integer(0), der_integer(164)});
    return extension(
        "2.5.29.9", false,
        der_sequence({der_sequence({der_oid("2.23.133.2.16"), der_set_of({specification})})}));
}

PkeyPtr p256_key() {
    return made(PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")), "keygen");
}

}  // namespace

Bytes spki_of(EVP_PKEY* key) {
    unsigned char* encoded = nullptr;
    const int length = i2d_PUBKEY(key, &encoded);
    if (length <= 0) throw_crypto_fault("i2d_PUBKEY");
    Bytes spki(encoded, encoded + length);
    OPENSSL_free(encoded);
    return spki;
}

Bytes sign_sha256(EVP_PKEY* key, ByteView message) {
    const MdContextPtr context(made(MdContextPtr(EVP_MD_CTX_new()), "EVP_MD_CTX_new"));
    check(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key),
          "EVP_DigestSignInit");
    std::size_t size = 0;
    check(EVP_DigestSign(context.get(), nullptr, &size, message.data(), message.size()),
          "EVP_DigestSign");
    Bytes signature(size);
    check(EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()),
          "EVP_DigestSign");
    signature.resize(size);
    return signature;
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

Bytes soft_csr(EVP_PKEY* key) {
    const bool rsa = EVP_PKEY_is_a(key, "RSA") == 1;
    const Bytes algorithm =
        rsa ? der_sequence({der_oid("1.2.840.113549.1.1.11"), der_null()}) : ecdsa_with_sha256();
    const Bytes body = der_sequence(
        {der_integer(0), name_of_cn(""), spki_of(key), der(tag::context(0, true), Bytes{})});
    return der_sequence({body, algorithm, der_bit_string(sign_sha256(key, body))});
}

SoftVendor::SoftVendor(std::string name)
    : name_(std::move(name)),
      root_key_(p256_key()),
      intermediate_key_(p256_key()),
      root_(ca_certificate(name_ + " TPM Root", name_ + " TPM Root", root_key_.get(),
                           root_key_.get())),
      intermediate_(ca_certificate(name_ + " TPM CA 1", name_ + " TPM Root",
                                   intermediate_key_.get(), root_key_.get())) {}

Bytes SoftVendor::certify(ByteView spki, const SoftCertificate& certificate) const {
    const PkeyPtr key = [&] {
        const unsigned char* cursor = spki.data();
        return made(PkeyPtr(d2i_PUBKEY(nullptr, &cursor, static_cast<long>(spki.size()))),
                    "d2i_PUBKEY");
    }();
    const unsigned usage = EVP_PKEY_is_a(key.get(), "RSA") == 1 ? 2 : 4;
    Bytes extensions;
    if (certificate.ca) append(extensions, basic_constraints(*certificate.ca));
    if (certificate.key_usage)
        append(extensions, key_usage(certificate.key_usage_bit.value_or(usage)));
    if (!certificate.usages.empty()) {
        Bytes usages;
        for (const std::string& oid : certificate.usages)
            append(usages, der_oid(oid));
        append(extensions, extension("2.5.29.37", false, der(tag::sequence, usages)));
    }
    if (certificate.manufacturer || certificate.model || certificate.version) {
        append(extensions, subject_alt_name(certificate));
    }
    if (!certificate.family.empty()) append(extensions, directory_attributes(certificate.family));
    if (certificate.unknown_critical_extension) {
        append(extensions, extension(*certificate.unknown_critical_extension, true, der_null()));
    }
    append(extensions, authority_key_identifier(spki_of(intermediate_key_.get())));
    return signed_certificate({.issuer = name_of_cn(name_ + " TPM CA 1"),
                               .subject = name_of_cn(""),
                               .spki = to_bytes(spki),
                               .extensions = std::move(extensions),
                               .not_before = certificate.not_before,
                               .not_after = certificate.not_after},
                              intermediate_key_.get());
}

}  // namespace hallmark
