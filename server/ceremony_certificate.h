// The few X.509 things that a ceremony writes, as bytes to be signed: a CA certificate's TBS and a
// PKCS#10 request's info. No leaf is ever made here; those are composed from a policy.
#pragma once

#include "ca/crypto/certificate.h"
#include "ca/crypto/keys.h"
#include "server/ceremony.h"

#include <functional>

namespace hallmark {

/// Name DER: country as PrintableString, the others as UTF8String. Reason: malformed_request.
[[nodiscard]] Result<Bytes> subject_name_der(const SubjectName& name);

struct CaCertificate {
    Bytes serial;  ///< Magnitude; random_serial() of ca/issuance makes one.
    SignatureAlgorithm algorithm;
    Bytes issuer;   ///< Name DER
    Bytes subject;  ///< Name DER
    Instant not_before;
    Instant not_after;
    PublicKey key;
    int path_length = 0;
    Bytes authority_key_identifier;  ///< Empty in a root, which is its own authority.
    std::string crl_url;
    std::string issuer_url;
};

/// The last valid second `years` after: the same day and time, less one second. 29 February ends on
/// the 28th.
[[nodiscard]] Instant end_after_years(Instant not_before, int years);

/// RFC 5280 4.1: basicConstraints and keyUsage (keyCertSign, cRLSign) critical,
/// subjectKeyIdentifier, and what the fields ask for.
[[nodiscard]] Bytes ca_tbs(const CaCertificate& certificate);

/// RFC 2986 4.1: version 0, subject, key, no attributes.
[[nodiscard]] Bytes request_info(ByteView subject, const PublicKey& key);

/// SEQUENCE { what was signed, AlgorithmIdentifier, BIT STRING }: certificates and requests alike.
[[nodiscard]] Bytes signed_der(ByteView to_be_signed, SignatureAlgorithm algorithm,
                               ByteView signature);

}  // namespace hallmark
