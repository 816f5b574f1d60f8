// Format "euicc": an eUICC by its certificate and by what it signed in common mutual authentication
// (GSMA SGP.22 v2, 3.1.2 and 5.7.13). Identity alone: an eUICC speaks of itself and of no key. The
// request's key is bound through the challenge and by nothing else: serverChallenge has room for
// the first 16 octets of our nonce, so that 128 bits of its SHA-256 are shown.
//
// Checked against public sources: euiccSigned1's tags and sizes and the signature's form (raw r||s
// over the DER, the value of tag 5F37) in GSMA's ASN.1 module as open implementations carry it
// (pySim, Wireshark, lpac); roles in annex H of SGP.22; the test on an EID (SGP.29 10) with pySim's
// real EIDs; nameConstraints as prefixes with pySim's smdpp and GSMA's test certificates (SGP.26)
// as described. No certificate of a real eUICC was seen.
//
// Taken: chains of SGP.22 variant O (the roles of version 2) on P-256. Refused: the roles and the
// permittedEins extension of version 3 (variants Ov3, A, B, C), Brainpool and FRP256 keys, and an
// EUM's certificate that has expired.
#pragma once

#include "ca/attestation/verifier.h"

namespace hallmark {

class EuiccVerifier final : public EvidenceVerifier {
public:
    /// `chains` must outlive the verifier.
    explicit EuiccVerifier(const ChainValidator& chains) : chains_(chains) {}

    [[nodiscard]] std::string_view format() const noexcept override { return "euicc"; }
    /// Members chain (eUICC, EUM, the CI or not), statement (DER of euiccSigned1) and signature (64
    /// octets, r||s). Assurance is hw-identity-only; origin and exportable are absent. The claims
    /// name a public key only where the nonce that was asked for was made of a challenge and that
    /// key. Custody knows the element by the eUICC's key, and its serial is the EID.
    [[nodiscard]] Result<VerifiedElement> verify(const Evidence& evidence, const VendorPin& pin,
                                                 const Expected& expected,
                                                 Instant now) const override;

private:
    const ChainValidator& chains_;
};

}  // namespace hallmark
