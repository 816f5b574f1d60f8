// Format "yubikey-piv": a certificate that a YubiKey's PIV application makes of a key in one of its
// slots (instruction F9, "attest"), signed by the attestation key in slot f9, whose certificate
// Yubico signed. Only keys made inside can be attested, and none can be taken out.
//
// Sources: Yubico's "PIV attestation" page (extensions, names, slots, policies, form factors);
// checked against a real chain of firmware 4.3.1 under "Yubico PIV Root CA Serial 263751". Recalled
// and not seen: policies 4 and 5 ("match"), form factors above 05, extensions .10 and .11, and the
// hierarchy of 2024 with intermediates between f9 and root, which is taken as X.509 has it.
//
// Refuses what the owner can make himself: slot f9 may be overwritten, so its certificate must
// chain to a pinned root and be named as Yubico names f9 certificates and no others.
#pragma once

#include "ca/attestation/verifier.h"

namespace hallmark {

class YubikeyPivVerifier final : public EvidenceVerifier {
public:
    /// `chains` must outlive the verifier.
    explicit YubikeyPivVerifier(const ChainValidator& chains) : chains_(chains) {}

    [[nodiscard]] std::string_view format() const noexcept override { return "yubikey-piv"; }
    /// Member chain: slot attestation, f9 certificate, intermediates where there are some, the root
    /// or not. The nonce is the request's (challengePassword).
    [[nodiscard]] Result<VerifiedElement> verify(const Evidence& evidence, const VendorPin& pin,
                                                 const Expected& expected,
                                                 Instant now) const override;

private:
    const ChainValidator& chains_;
};

}  // namespace hallmark
