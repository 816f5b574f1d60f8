// What the TPM's keys do in one provisioning: load the EK and the AK, activate a credential,
// certify, sign, persist. Each function leaves the TPM as it found it, but for what it says it
// keeps.
#pragma once

#include "ca/domain/secret.h"
#include "station/esys.h"
#include "station/tpm_templates.h"

#include <optional>

namespace hallmark {

struct TpmKey {
    Loaded loaded;
    TPM2B_PUBLIC area{};
    TPM2B_DIGEST creation_hash{};
    TPMT_TK_CREATION ticket{};
};

/// The EK, from its persistent handle or made again from its template; throws ElementFault unless
/// its public key is the certificate's. `certificate_spki` is the SPKI in the EK certificate.
class EndorsementKey {
public:
    EndorsementKey(const TpmConnection& tpm, const EkKind& kind, ByteView certificate_spki);
    [[nodiscard]] ESYS_TR get() const noexcept;

private:
    std::optional<Reference> persistent_;
    std::optional<TpmKey> made_;
};

/// A primary of the endorsement hierarchy: the same key whenever it is made, so nothing of it needs
/// to be kept, and the firmware version in what it signs is not obfuscated (part 1, 36.7).
[[nodiscard]] TpmKey make_ak(const TpmConnection& tpm);

struct Credential {
    ByteView blob;    ///< TPM2B_ID_OBJECT
    ByteView secret;  ///< TPM2B_ENCRYPTED_SECRET
};
[[nodiscard]] Secret activate(const TpmConnection& tpm, const EkKind& kind,
                              const EndorsementKey& ek, const TpmKey& ak,
                              const Credential& credential);

struct Certified {
    Bytes attest;     ///< TPMS_ATTEST
    Bytes signature;  ///< TPMT_SIGNATURE
};
[[nodiscard]] Certified certify(const TpmConnection& tpm, ESYS_TR key, const TpmKey& ak,
                                ByteView nonce);

/// What this attestation key says of its own creation: TPM2_CertifyCreation by itself, of itself.
[[nodiscard]] Certified certify_itself(const TpmConnection& tpm, const TpmKey& ak);
/// TPMT_TK_CREATION
[[nodiscard]] Bytes marshal_ticket(const TpmKey& key);

/// Makes a leaf key under the storage root by the TPM's own random generator and keeps it at
/// `handle`.
void keep_new_leaf(const TpmConnection& tpm, TPM2_HANDLE handle);
void evict(const TpmConnection& tpm, TPM2_HANDLE handle);
[[nodiscard]] TPM2B_PUBLIC read_public(const TpmConnection& tpm, ESYS_TR key);
/// ECDSA P-256 over a SHA-256 digest, as DER Ecdsa-Sig-Value.
[[nodiscard]] Bytes sign_digest(const TpmConnection& tpm, ESYS_TR key, const Digest& digest);
/// The same as TPMT_SIGNATURE.
[[nodiscard]] Bytes sign_digest_as_tpm(const TpmConnection& tpm, ESYS_TR key, const Digest& digest);

}  // namespace hallmark
