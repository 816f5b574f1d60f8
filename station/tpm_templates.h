// The public areas that the station asks a TPM to make keys by, and their canonical encodings.
// Refuses to talk to a TPM.
#pragma once

#include "ca/crypto/keys.h"
#include "ca/domain/bytes.h"

#include <cstdint>
#include <string_view>
#include <vector>

#include <tss2/tss2_tpm2_types.h>

namespace hallmark {

/// An endorsement key's place by TCG EK Credential Profile 2.2 to 2.2.1.5 and B.3, B.4.
struct EkKind {
    std::string_view
        name;  ///< "rsa-2048", "p-256", "p-384"; "...-high" where both ranges have one.
    TPM2_HANDLE certificate;  ///< NV index
    TPM2_HANDLE persistent;   ///< Where its maker may have left it (TCG Provisioning Guidance 7.8)
    bool rsa = false;
    bool high = false;  ///< Templates H and not L.
    bool wide = false;  ///< SHA-384 and AES-256: P-384, RSA-3072.

    /// Templates L: userWithAuth is clear, so PolicySecret(endorsement) alone opens it.
    [[nodiscard]] bool needs_policy() const noexcept { return !high; }
};
/// In order of preference: what a TPM computes fastest comes first.
[[nodiscard]] const std::vector<EkKind>& ek_kinds();
[[nodiscard]] TPM2B_PUBLIC ek_template(const EkKind& kind);
/// Restricted signing key, ECDSA P-256 with SHA-256, attributes 0x00050072: it signs what the TPM
/// itself made, alone.
[[nodiscard]] TPM2B_PUBLIC ak_template();
/// Storage root, ECC P-256 (TCG Provisioning Guidance 7.5.1).
[[nodiscard]] TPM2B_PUBLIC srk_template();
/// Unrestricted signing key on P-256, attributes 0x00040072: made in this TPM and bound to it for
/// ever.
[[nodiscard]] TPM2B_PUBLIC leaf_template();

/// TPMT_PUBLIC as TPM 2.0 Library part 2, 12.2.4 writes it, without the TPM2B size.
[[nodiscard]] Bytes marshal_public(const TPM2B_PUBLIC& area);
/// nameAlg || H(TPMT_PUBLIC): part 1, 16.
[[nodiscard]] Bytes tpm_name(const TPM2B_PUBLIC& area);
/// Throws ElementFault for a key that parse_public_key would refuse.
[[nodiscard]] PublicKey public_key_of(const TPM2B_PUBLIC& area);

}  // namespace hallmark
