// The chain validator: end certificate by our own reader, issuers by X509_verify_cert plus our
// checks, the issuers' verdict cached by digest. Strict by default; a vendor's exceptions are named
// one by one.
#pragma once

#include "ca/crypto/certificate.h"
#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "ca/domain/result.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace hallmark {

enum class Purpose { any, client, server, tpm_ek, tpm_ak };
[[nodiscard]] std::string_view name_of(Purpose purpose) noexcept;
[[nodiscard]] std::optional<Purpose> purpose_from(std::string_view name) noexcept;

/// What one vendor's real chains need, by name; a pin carries a set of these.
enum class ChainException {
    sha1_signatures,                   ///< SHA-1 with RSA or ECDSA below the anchor; never MD5.
    rsa_1024,                          ///< An issuer's RSA key from 1024 bits; never the leaf's.
    missing_authority_key_identifier,  ///< In the leaf or an issuer below the anchor.
    missing_subject_key_identifier,  ///< In an issuer below the anchor; a leaf may lack it anyway.
    missing_key_usage_in_issuer,     ///< Absent; a keyUsage without keyCertSign is refused always.
    expired_issuers,                 ///< Issuers and anchor past notAfter; never the leaf.
    zero_serial,
    non_der_name_order,  ///< Members of a multi-valued RDN out of X.690 11.6's order.
};
[[nodiscard]] std::string_view name_of(ChainException exception) noexcept;
[[nodiscard]] std::optional<ChainException> chain_exception_from(std::string_view name) noexcept;

struct ChainLimits {
    std::size_t depth = 8;           ///< Certificates from leaf to anchor, both counted.
    std::size_t certificates = 16;   ///< Offered by the caller.
    std::size_t octets = 64 * 1024;  ///< Offered by the caller, together.
    std::size_t signature_checks = 32;
};

/// Roots (and intermediates the operator trusts as given) of one vendor and format.
struct TrustAnchors {
    std::vector<Bytes> roots;          ///< DER
    std::vector<Bytes> intermediates;  ///< DER; helpers for path building, not trusted.
};

struct ChainRequest {
    ByteView leaf;
    std::vector<Bytes>
        intermediates;  ///< As the evidence brought them; untrusted; the root may be among them.
    Purpose purpose = Purpose::any;
    std::set<ChainException> exceptions;
    Instant at;
    ChainLimits limits;
    /// OIDs of extensions that the caller reads and judges himself, in every certificate of the
    /// path: these, and no others unknown, may be critical.
    std::set<std::string> understood = {};
};

struct ValidatedPath {
    Certificate leaf;
    std::vector<Bytes> issuers;  ///< DER, nearest first, the anchor last.
    Digest anchor{};             ///< SHA-256 of the anchor's DER.
};

struct ValidatedChain : ValidatedPath {
    PublicKey leaf_key;  ///< Checked by parse_public_key's rules.
};

/// Thread-safe. One per process; the cache is keyed by digests of issuers, anchors, exceptions,
/// purpose and understood extensions, and an entry ends with the first certificate in it to expire.
class ChainValidator {
public:
    ChainValidator();
    ~ChainValidator();
    ChainValidator(const ChainValidator&) = delete;
    ChainValidator& operator=(const ChainValidator&) = delete;

    /// Reason: evidence_not_accepted. The detail is "chain: " and the exact cause, the same words
    /// for one cause: "chain: no path to a pinned root", "chain: expired (leaf)", ...
    ///
    /// An anchor is believed as pinned: of it only name, key and validity are judged (RFC
    /// 5280 6.1.1 (d)), and its path length and name constraints where it has them. It need not be
    /// self-signed. tpm_ek: EKU 2.23.133.8.1 in the leaf, keyEncipherment (RSA) or keyAgreement
    /// (EC), and the TPM's directoryName; the filler octets of an NV index behind the leaf are cut.
    /// tpm_ak: EKU 2.23.133.8.3. client, server: digitalSignature and clientAuth, serverAuth where
    /// the extensions stand. No purpose but any takes an authority's certificate as leaf.
    [[nodiscard]] Result<ValidatedChain> validate(const ChainRequest& request,
                                                  const TrustAnchors& anchors) const;
    /// The same of a leaf whose key nobody has judged, for purpose any alone: it may be of an
    /// algorithm that this house certifies no keys of.
    [[nodiscard]] Result<ValidatedPath> validate_path(const ChainRequest& request,
                                                      const TrustAnchors& anchors) const;

private:
    struct Cache;
    [[nodiscard]] Result<ValidatedPath> path_of(Certificate leaf, const ChainRequest& request,
                                                const TrustAnchors& anchors) const;
    std::unique_ptr<Cache> cache_;
};

struct IssuersSignature {
    SignatureAlgorithm algorithm = SignatureAlgorithm::ecdsa_sha256;
    ByteView message;
    ByteView signature;
};
/// Checks a signature under a key as vendors' issuers have them (RSA, P-256, P-384, P-521, Ed25519;
/// nothing weak), for chains that are not of X.509. False for a key that is none of these, too.
[[nodiscard]] bool verify_issuers_signature(ByteView issuer_spki, const IssuersSignature& made);

}  // namespace hallmark
