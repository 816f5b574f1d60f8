// A software TPM in memory, as far as provisioning needs one: EK, objects, ActivateCredential,
// Certify, CertifyCreation. Written from the TPM 2.0 Library Specification and not from the
// verifier, so that the two check each other. It signs whatever it is told to: every lie that
// somebody wants is a field to change. Its makers' roots are its own; no real pin accepts them.
#pragma once

#include "ca/crypto/openssl.h"
#include "ca/domain/bytes.h"
#include "station/simulator/soft_vendor.h"

#include <optional>
#include <string>
#include <vector>

namespace hallmark {

enum class SoftKeyKind { ec_p256, ec_p384, ec_p521, rsa_2048, rsa_3072, rsa_1024 };

/// RSA keys are made once a process and kind and number, and then shared: making them is slow.
[[nodiscard]] PkeyPtr soft_key(SoftKeyKind kind, unsigned number = 0);

/// The fields of TPMT_PUBLIC that are no key material.
struct SoftTemplate {
    std::uint16_t name_alg = 0x000B;
    std::uint32_t attributes = 0x00040072;
    Bytes auth_policy;
    Bytes symmetric{0x00, 0x10};
    Bytes scheme{0x00, 0x10};  ///< TPM_ALG_ID and, where the scheme has one, its hash.
    Bytes kdf{0x00, 0x10};
    std::optional<std::uint16_t> curve;  ///< Another than the key's own.
    std::uint32_t exponent = 0;
};

/// Restricted signing with the kind's usual scheme and SHA-256: ECDSA or RSASSA.
[[nodiscard]] SoftTemplate soft_ak_template(SoftKeyKind kind);

struct SoftObject {
    SoftKeyKind kind{};
    PkeyPtr key;
    SoftTemplate fields;

    [[nodiscard]] Bytes public_area() const;  ///< TPMT_PUBLIC
    [[nodiscard]] Bytes name() const;
    [[nodiscard]] Bytes spki() const { return spki_of(key.get()); }
};
[[nodiscard]] SoftObject soft_object(SoftKeyKind kind, SoftTemplate fields, unsigned number = 0);

/// TPMS_ATTEST, field by field.
struct SoftAttest {
    std::uint32_t magic = 0xFF544347;
    std::uint16_t type = 0x8017;
    Bytes qualified_signer;
    Bytes extra_data;
    std::uint8_t safe = 1;
    Bytes name;
    Bytes qualified_name_or_hash;

    [[nodiscard]] Bytes bytes() const;
};

struct SoftStatement {
    Bytes attest;
    Bytes signature;      ///< TPMT_SIGNATURE
    Bytes creation_data;  ///< TPM2B_CREATION_DATA, of CertifyCreation
};

/// TPMT_SIGNATURE over these octets in the signer's own scheme.
[[nodiscard]] Bytes soft_sign(const SoftObject& signer, ByteView message);
[[nodiscard]] SoftAttest soft_certify_attest(const SoftObject& signer, const SoftObject& key,
                                             ByteView nonce);
[[nodiscard]] SoftStatement soft_certify(const SoftObject& signer, const SoftObject& key,
                                         ByteView nonce);
[[nodiscard]] SoftStatement soft_certify_creation(const SoftObject& signer, const SoftObject& key,
                                                  ByteView nonce);

/// TPMT_TK_CREATION as a TPM hands it out; nobody but that TPM could check it.
[[nodiscard]] Bytes soft_creation_ticket();

class SoftTpm {
public:
    SoftTpm(const SoftVendor& vendor, SoftKeyKind ek_kind, const SoftCertificate& certificate = {},
            unsigned number = 0);
    /// One that was made before: its EK, and the certificates that its maker gave it.
    SoftTpm(SoftKeyKind ek_kind, PkeyPtr ek, std::vector<Bytes> ek_chain);

    [[nodiscard]] const std::vector<Bytes>& ek_chain() const noexcept { return ek_chain_; }
    [[nodiscard]] Bytes ek_spki() const { return spki_of(ek_.get()); }
    /// PKCS#8 DER: no real TPM ever gives it.
    [[nodiscard]] Bytes ek_private() const;
    /// TPM2_ActivateCredential: nullopt where the TPM would answer TPM_RC_INTEGRITY or worse.
    [[nodiscard]] std::optional<Bytes> activate(ByteView ak_name, ByteView credential_blob,
                                                ByteView secret) const;

private:
    SoftKeyKind kind_;
    PkeyPtr ek_;
    std::vector<Bytes> ek_chain_;
};

}  // namespace hallmark
