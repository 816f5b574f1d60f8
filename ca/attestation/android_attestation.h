// What an Android device's attestation chain proves of a key in its StrongBox, for the formats that
// carry one. Within this room only.
#pragma once

#include "ca/attestation/android_description.h"
#include "ca/attestation/verifier.h"

#include <utility>

namespace hallmark {

/// Judged but for the challenge and for which key was meant.
struct AndroidKey {
    PublicKey key;
    AndroidDescription says;
    Digest element_key{};  ///< Of the attestation certificate's key.
    Digest anchor{};
    bool remotely_provisioned = false;
    std::string revocation;  ///< "checked" or "unchecked"
};

/// `chain` leaf first. Reason: evidence_not_accepted; details "chain: ...", "leaf: ...",
/// "description: ...", "level: ...", "boot: ...", "key: ...", "revocation: ...".
[[nodiscard]] Result<AndroidKey> judge_android_chain(const std::vector<Bytes>& chain,
                                                     const VendorPin& pin,
                                                     const ChainValidator& chains,
                                                     bool revocation_unchecked, Instant now);

/// What the claims of every format with such a chain say of the device.
void tell_android(const AndroidKey& judged, Claims& claims);

}  // namespace hallmark
