// X.509 as element makers write it, field by field, so that each can be made wrong on its own. For
// the simulators alone; P-256 and ECDSA with SHA-256 throughout.
#pragma once

#include "ca/crypto/openssl.h"
#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"

#include <string_view>

namespace hallmark {

[[nodiscard]] PkeyPtr soft_p256_key();
/// Name DER with one common name, or with nothing.
[[nodiscard]] Bytes soft_name(std::string_view cn);
/// Extension DER; the value is extnValue's content.
[[nodiscard]] Bytes soft_extension(std::string_view oid, bool critical, ByteView value);
/// KeyUsage with one bit set, by the numbers of RFC 5280 4.2.1.3; bits below 8.
[[nodiscard]] Bytes soft_key_usage(unsigned bit);
[[nodiscard]] Bytes soft_basic_constraints(bool ca);
[[nodiscard]] Bytes soft_subject_key_identifier(ByteView spki);
[[nodiscard]] Bytes soft_authority_key_identifier(ByteView issuer_spki);
/// AlgorithmIdentifier DER of ECDSA with SHA-256.
[[nodiscard]] Bytes soft_ecdsa_with_sha256();

struct SoftTbs {
    Bytes issuer;   ///< Name DER
    Bytes subject;  ///< Name DER
    Bytes spki;
    Bytes extensions;  ///< Extension DER, one behind the other; empty: none at all.
    Instant not_before;
    Instant not_after;
    Bytes serial = {};  ///< A positive number's octets; empty: random.
};
[[nodiscard]] Bytes soft_certificate(const SoftTbs& tbs, EVP_PKEY* issuer_key);
/// An authority's, valid from 2020 to 2049.
[[nodiscard]] Bytes soft_ca_certificate(std::string_view subject, std::string_view issuer,
                                        EVP_PKEY* key, EVP_PKEY* issuer_key);

/// SubjectPublicKeyInfo DER of a key.
[[nodiscard]] Bytes spki_of(EVP_PKEY* key);
/// DER ECDSA or PKCS#1 signature with SHA-256.
[[nodiscard]] Bytes sign_sha256(EVP_PKEY* key, ByteView message);
[[nodiscard]] Bytes sign_sha384(EVP_PKEY* key, ByteView message);
/// PKCS#8 DER, unencrypted, and back; null when it is none.
[[nodiscard]] Bytes private_der(EVP_PKEY* key);
[[nodiscard]] PkeyPtr private_from_der(ByteView der);

}  // namespace hallmark
