// Public keys in one canonical encoding, weak ones refused, and signatures checked.
// The private half of anything that matters lives in a token or an element, never here.
#pragma once

#include "ca/crypto/hash.h"
#include "ca/domain/bytes.h"
#include "ca/domain/result.h"

#include <memory>
#include <string_view>

struct evp_pkey_st;

namespace hallmark {

enum class KeyAlgorithm { ec_p256, ec_p384, rsa_2048, rsa_3072, rsa_4096 };
/// "ec-p256", "ec-p384", "rsa-2048", "rsa-3072", "rsa-4096"
[[nodiscard]] std::string_view name_of(KeyAlgorithm algorithm) noexcept;
[[nodiscard]] std::optional<KeyAlgorithm> key_algorithm_from(std::string_view name) noexcept;

enum class SignatureAlgorithm {
    ecdsa_sha256,
    ecdsa_sha384,
    ecdsa_sha512,
    rsa_pkcs1_sha256,
    rsa_pkcs1_sha384,
    rsa_pkcs1_sha512,
    rsa_pss_sha256,
    rsa_pss_sha384,
    rsa_pss_sha512,
    ecdsa_sha1,
    rsa_pkcs1_sha1,  // Named so that they can be refused by name.
    ed25519,         // Checked under the keys of vendors' issuers; no PublicKey is one.
};
[[nodiscard]] std::string_view name_of(SignatureAlgorithm algorithm) noexcept;
[[nodiscard]] HashAlgorithm hash_of(SignatureAlgorithm algorithm) noexcept;
[[nodiscard]] bool is_weak(SignatureAlgorithm algorithm) noexcept;
/// AlgorithmIdentifier DER: ECDSA without parameters (RFC 5758 3.2), PKCS#1 with NULL (RFC 4055 5),
/// PSS with hash, MGF1 of the same hash and salt of the hash's length (RFC 4055 3.1), Ed25519
/// without parameters (RFC 8410 3).
[[nodiscard]] Bytes algorithm_identifier(SignatureAlgorithm algorithm);
/// The reverse, exact; nullopt for whatever is not one of the above.
[[nodiscard]] std::optional<SignatureAlgorithm> signature_algorithm_from(ByteView identifier_der);

/// A checked public key. Cheap to copy; the OpenSSL object is shared and read-only.
class PublicKey {
public:
    [[nodiscard]] KeyAlgorithm algorithm() const noexcept { return algorithm_; }
    /// SubjectPublicKeyInfo, our own canonical encoding.
    [[nodiscard]] const Bytes& spki() const noexcept { return spki_; }
    /// The subjectPublicKey BIT STRING's content: 04||X||Y, or the RSAPublicKey DER.
    [[nodiscard]] ByteView subject_public_key() const noexcept;
    /// SHA-256 of spki(): what uniqueness and custody go by.
    [[nodiscard]] const Digest& digest() const noexcept { return digest_; }
    [[nodiscard]] bool is_ec() const noexcept {
        return algorithm_ == KeyAlgorithm::ec_p256 || algorithm_ == KeyAlgorithm::ec_p384;
    }
    [[nodiscard]] evp_pkey_st* handle() const noexcept { return key_.get(); }

private:
    friend struct PublicKeyMaker;
    KeyAlgorithm algorithm_{};
    Bytes spki_;
    std::size_t subject_public_key_at_ = 0;
    Digest digest_{};
    std::shared_ptr<evp_pkey_st> key_;
};

/// Takes what protocol.md's "Element, key, name" takes and nothing else: named curves P-256 and
/// P-384, uncompressed point with coordinates below p and on the curve; RSA with NULL parameters,
/// minimal positive odd n of 2048, 3072 or 4096 bits, e = 65537, not ROCA; no unused bits. The
/// input equals the output's spki(), or it is refused (csr_not_accepted).
[[nodiscard]] Result<PublicKey> parse_public_key(ByteView spki);
/// From coordinates as a TPM gives them: shorter ones are left-padded, longer ones refused.
[[nodiscard]] Result<PublicKey> ec_public_key(KeyAlgorithm curve, ByteView x, ByteView y);
/// The spki() of the same coordinates after the same checks, for who lists keys and verifies
/// nothing with them: it costs a fifth.
[[nodiscard]] Result<Bytes> ec_spki(KeyAlgorithm curve, ByteView x, ByteView y);
/// From a big-endian modulus; leading zeros are dropped. The same checks as parse_public_key.
[[nodiscard]] Result<PublicKey> rsa_public_key(ByteView modulus, std::uint64_t exponent);

/// The ROCA fingerprint (CVE-2017-15361): true when n has it. Constants: attestation.md section 0.
[[nodiscard]] bool has_roca_fingerprint(ByteView modulus);

/// Checks a signature over `message`. ECDSA signatures are DER Ecdsa-Sig-Value, exact. PSS salt
/// lengths from 0 to the largest that fits are taken. False when algorithm and key do not go
/// together.
[[nodiscard]] bool verify_signature(const PublicKey& key, SignatureAlgorithm algorithm,
                                    ByteView message, ByteView signature);
/// Fixed-width r||s to DER Ecdsa-Sig-Value (RFC 3279 2.2.3), and back (nullopt when not exact DER).
[[nodiscard]] Bytes ecdsa_der_from_raw(ByteView raw);
[[nodiscard]] std::optional<Bytes> ecdsa_raw_from_der(ByteView der, std::size_t field_octets);
/// DER Ecdsa-Sig-Value from two big-endian magnitudes of any length up to 66 octets.
[[nodiscard]] Bytes ecdsa_der_from_integers(ByteView r, ByteView s);

/// RFC 5280 4.2.1.2 method (1): SHA-1 of the subjectPublicKey bits; 20 octets. An identifier, not a
/// security use of SHA-1.
[[nodiscard]] Bytes key_identifier(const PublicKey& key);

}  // namespace hallmark
