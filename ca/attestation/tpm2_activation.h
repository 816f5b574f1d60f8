// What ties an attestation key to the TPM that a certificate speaks of: the proof made with the
// secret that only that TPM could open, or the AK's own certificate. Holds what came against what
// the challenge fixed.
#pragma once

#include "ca/attestation/tpm2_endorsement.h"
#include "ca/attestation/verifier.h"

namespace hallmark {

struct ActivationCheck {
    const Expected& expected;
    const Endorsement& endorsement;
    ByteView ak_name;  ///< Empty where the evidence came in a request and does not say it.
    const EvidenceMember* activation = nullptr;  ///< The proof, where the evidence brought one.
    ByteView attest;
};
/// "proven", "certificate" (an AK certificate ties it), or "unchecked" where the command line asked
/// for no proof. Detail "activation: ...".
[[nodiscard]] Result<std::string> check_activation(const ActivationCheck& check);

}  // namespace hallmark
