// Who vouches for a TPM: the EK certificate or AK certificate at the head of a chain, judged whole.
// Shared by the formats that rest on a TPM.
#pragma once

#include "ca/attestation/ek_certificate.h"
#include "ca/attestation/verifier.h"

namespace hallmark {

enum class EndorsedKey { ek, ak };

/// The TPM that a certificate speaks of.
struct Endorsement {
    EndorsedKey kind{};
    TpmIdentity identity;
    PublicKey key;
    Digest certificate{};
    Digest anchor{};
    bool asserts_residency = false;  ///< Of an AK: its issuer saw that it lives in a TPM.
};

struct EndorsementRequest {
    const ChainValidator& chains;
    const VendorPin& pin;
    const std::vector<Bytes>& chain;  ///< Leaf first, not empty.
    EndorsedKey kind{};
    Instant now;
};
/// Chain to this pin's roots, then the certificate's own rules, then that its maker is the pin's
/// vendor (not asked of a pin without vendor: the command line's). Detail "chain: ...",
/// "certificate: ...", "vendor: ...".
[[nodiscard]] Result<Endorsement> check_endorsement(const EndorsementRequest& request);

}  // namespace hallmark
