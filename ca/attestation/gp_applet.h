// Format "gp-applet": what an applet on a GlobalPlatform card states of a key in it, signed by an
// attestation key whose certificate the card's issuer made.
//
// GlobalPlatform and Java Card have no such statement, so this is a profile of our own,
// docs/profiles/gp-applet.asn, with what its maker must promise. Recalled and not seen: the octets
// of GlobalPlatform's card states (Card Specification 2.3.1, 5.1; GPSystem.getCardState()).
//
// Refuses an attestation key whose certificate lets it do anything but make statements: a key that
// signs what a caller chose could be made to sign any statement.
#pragma once

#include "ca/attestation/verifier.h"

#include <string>

namespace hallmark {

class GpAppletVerifier final : public EvidenceVerifier {
public:
    /// `chains` must outlive the verifier. `purpose` is the extended key usage of keys that make
    /// statements only; the default is the placeholder of draft-ietf-rats-pkix-key-attestation.
    explicit GpAppletVerifier(const ChainValidator& chains,
                              std::string purpose = "1.3.6.1.5.5.7.3.999")
        : chains_(chains), purpose_(std::move(purpose)) {}

    [[nodiscard]] std::string_view format() const noexcept override { return "gp-applet"; }
    /// Members chain (attestation certificate first), statement and signature. The model is the
    /// applet's load file, "cap:" and its SHA-256. Custody knows the element by its attestation
    /// key.
    [[nodiscard]] Result<VerifiedElement> verify(const Evidence& evidence, const VendorPin& pin,
                                                 const Expected& expected,
                                                 Instant now) const override;

private:
    const ChainValidator& chains_;
    std::string purpose_;
};

}  // namespace hallmark
