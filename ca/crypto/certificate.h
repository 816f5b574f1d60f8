// Our own strict reader of X.509 certificates (RFC 5280): values out, no OpenSSL object made.
// Reads; judging a chain is chain.h's work.
#pragma once

#include "ca/crypto/keys.h"
#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "ca/domain/result.h"

#include <optional>
#include <string>
#include <vector>

namespace hallmark {

struct Extension {
    std::string oid;
    bool critical = false;
    Bytes value;  ///< Content of extnValue.
    friend bool operator==(const Extension&, const Extension&) = default;
};

struct BasicConstraints {
    bool ca = false;
    std::optional<std::int64_t> path_length;
};

/// KeyUsage bits as RFC 5280 4.2.1.3 numbers them: bit n is 1 << n.
struct KeyUsage {
    std::uint16_t bits = 0;
    [[nodiscard]] bool has(unsigned bit) const noexcept { return (bits >> bit & 1u) != 0; }
    static constexpr unsigned digital_signature = 0, content_commitment = 1, key_encipherment = 2,
                              data_encipherment = 3, key_agreement = 4, key_cert_sign = 5,
                              crl_sign = 6, encipher_only = 7, decipher_only = 8;
};

struct Certificate {
    Bytes der;
    Bytes tbs;                  ///< The signed bytes.
    Bytes serial;               ///< INTEGER content octets, as they stand.
    Bytes signature_algorithm;  ///< AlgorithmIdentifier DER, the same inside and outside.
    Bytes issuer;               ///< Name DER
    Bytes subject;              ///< Name DER
    Instant not_before;
    Instant not_after;  ///< The last valid second.
    Bytes spki;
    std::vector<Extension> extensions;
    Bytes signature;
    Digest sha256{};

    [[nodiscard]] const Extension* find(std::string_view oid) const noexcept;
    /// The typed extensions. Absent: nullopt. Malformed ones never get past parse_certificate.
    [[nodiscard]] std::optional<BasicConstraints> basic_constraints() const;
    [[nodiscard]] std::optional<KeyUsage> key_usage() const;
    [[nodiscard]] std::optional<std::vector<std::string>> extended_key_usage() const;
    [[nodiscard]] std::optional<Bytes> subject_key_identifier() const;
    [[nodiscard]] std::optional<Bytes> authority_key_identifier() const;
};

struct CertificateLimits {
    std::size_t octets = 16 * 1024;
    std::size_t extensions = 32;
};

/// Exactly one DER v3 certificate (v1 is taken with no extensions, for old roots), no trailing
/// bytes, no extension twice, no issuerUniqueID. What is outside the profile of RFC 5280 but DER is
/// read and left to chain.h to judge. Reason: evidence_not_accepted.
[[nodiscard]] Result<Certificate> parse_certificate(ByteView der,
                                                    const CertificateLimits& limits = {});

/// The certificate as a TPM's NV index gives it, without the 00 or FF octets that fill the index up
/// behind the outer SEQUENCE. Whatever else trails stays, and parse_certificate refuses it.
[[nodiscard]] ByteView without_nv_padding(ByteView index_content);

/// One attribute of a Name, in order: dotted type, string tag, and the text as it stands.
struct NameAttribute {
    std::string type;
    std::uint8_t tag = 0;
    std::string value;
};
/// RDNs of one or more attributes each; nullopt when not a Name. Members of an RDN are read in any
/// order.
[[nodiscard]] std::optional<std::vector<std::vector<NameAttribute>>> parse_name(ByteView name_der);
/// RFC 4514 text for people and records; never compared.
[[nodiscard]] std::string name_text(ByteView name_der);

/// PEM (RFC 7468) blocks with this label, in order, decoded; text around them is ignored, a
/// malformed block is not. At most `limit` blocks. Reason: malformed_request.
[[nodiscard]] Result<std::vector<Bytes>> parse_pem(std::string_view text, std::string_view label,
                                                   std::size_t limit = 1024);
[[nodiscard]] std::string to_pem(ByteView der, std::string_view label);

}  // namespace hallmark
