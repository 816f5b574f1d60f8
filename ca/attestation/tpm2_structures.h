// The TPM 2.0 structures that evidence consists of (TPM 2.0 Library Specification, Part 2), read
// exactly: no trailing octets, no reserved bits, no algorithm that is not listed here. Reading is
// all: what an AK or a leaf must look like is tpm2_rules.h's business.
#pragma once

#include "ca/crypto/keys.h"
#include "ca/domain/bytes.h"
#include "ca/domain/result.h"

#include <cstdint>
#include <optional>

namespace hallmark {

/// TPM_ALG_ID (Part 2, 6.3).
namespace tpm_alg {
inline constexpr std::uint16_t rsa = 0x0001, sha1 = 0x0004, aes = 0x0006, sha256 = 0x000B,
                               sha384 = 0x000C, sha512 = 0x000D, null = 0x0010, sm4 = 0x0013,
                               rsassa = 0x0014, rsaes = 0x0015, rsapss = 0x0016, oaep = 0x0017,
                               ecdsa = 0x0018, ecdh = 0x0019, ecdaa = 0x001A, sm2 = 0x001B,
                               ecschnorr = 0x001C, ecc = 0x0023, camellia = 0x0026, cfb = 0x0043;
}  // namespace tpm_alg

/// TPMA_OBJECT (Part 2, 8.3): the number of each bit. Every other bit is reserved.
enum class TpmAttribute : unsigned {
    fixed_tpm = 1,
    st_clear = 2,
    fixed_parent = 4,
    sensitive_data_origin = 5,
    user_with_auth = 6,
    admin_with_policy = 7,
    no_da = 10,
    encrypted_duplication = 11,
    restricted = 16,
    decrypt = 17,
    sign = 18,
    x509_sign = 19,
};

/// TPMT_RSA_SCHEME, TPMT_ECC_SCHEME, TPMT_KDF_SCHEME. The hash is absent where the scheme has none.
struct TpmScheme {
    std::uint16_t algorithm = tpm_alg::null;
    std::optional<HashAlgorithm> hash;
};

/// TPMT_PUBLIC (Part 2, 12.2.4) of an RSA or ECC key.
struct TpmPublic {
    std::uint16_t type = 0;  ///< tpm_alg::rsa or tpm_alg::ecc
    HashAlgorithm name_hash{};
    std::uint32_t attributes = 0;
    Bytes auth_policy;
    std::uint16_t symmetric = tpm_alg::null;
    TpmScheme scheme;
    std::uint16_t key_bits = 0;  ///< RSA
    std::uint32_t exponent =
        0;          ///< RSA; 0 on the wire stands for 65537 (Part 2, 12.2.3.5) and is that here.
    Bytes modulus;  ///< RSA
    std::uint16_t curve = 0;  ///< ECC: TPM_ECC_CURVE
    TpmScheme kdf;            ///< ECC
    Bytes x;                  ///< ECC
    Bytes y;                  ///< ECC
    Bytes name;  ///< nameAlg || H(TPMT_PUBLIC) (Part 1, 16), computed here from the octets that
                 ///< were read.

    [[nodiscard]] bool has(TpmAttribute attribute) const noexcept {
        return (attributes >> static_cast<unsigned>(attribute) & 1u) != 0;
    }
};

/// TPMS_ATTEST (Part 2, 10.12.12).
struct TpmAttest {
    std::uint16_t type = 0;
    Bytes qualified_signer;
    Bytes extra_data;
    std::uint64_t clock = 0;
    std::uint32_t reset_count = 0;
    std::uint32_t restart_count = 0;
    bool safe = false;
    std::uint64_t firmware_version = 0;
    Bytes name;            ///< certify: name; creation: objectName. Empty for other types.
    Bytes qualified_name;  ///< certify
    Bytes creation_hash;   ///< creation

    static constexpr std::uint16_t certify = 0x8017, creation = 0x801A,
                                   quote = 0x8018;  // Part 2, 6.9
};

/// TPMT_SIGNATURE (Part 2, 11.3.4), RSASSA, RSAPSS or ECDSA.
struct TpmSignature {
    std::uint16_t algorithm = 0;
    HashAlgorithm hash{};
    Bytes rsa;
    Bytes r;
    Bytes s;
};

/// TPM2B_CREATION_DATA (Part 2, 15.2), as TPM2_Create and TPM2_CreatePrimary give it.
struct TpmCreation {
    Bytes octets;  ///< TPMS_CREATION_DATA: what creationHash is of.
};

/// Reason of all four: evidence_not_accepted, detail "malformed: <structure>: <what>".
[[nodiscard]] Result<TpmPublic> parse_tpm_public(ByteView structure);
/// Attestations of a type other than certify and creation are read to their common end alone: the
/// verifier refuses them by their type.
[[nodiscard]] Result<TpmAttest> parse_tpm_attest(ByteView structure);
[[nodiscard]] Result<TpmSignature> parse_tpm_signature(ByteView structure);
[[nodiscard]] Result<TpmCreation> parse_tpm_creation(ByteView structure);

/// TPM_ALG_ID of a hash, and back.
[[nodiscard]] std::uint16_t tpm_alg_of(HashAlgorithm hash) noexcept;
[[nodiscard]] std::optional<HashAlgorithm> tpm_hash_from(std::uint16_t algorithm) noexcept;
/// A Name that is a hash and no handle (Part 1, 16): a known algorithm and as many octets as it
/// makes.
[[nodiscard]] bool is_tpm_name(ByteView name) noexcept;

/// The key in our own canonical encoding. Reason: evidence_not_accepted, detail "key: ...".
[[nodiscard]] Result<PublicKey> public_key_of(const TpmPublic& structure);

}  // namespace hallmark
