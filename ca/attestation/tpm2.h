// Format "tpm2": a leaf key certified by a restricted AK (TPM2_Certify or TPM2_CertifyCreation),
// the AK tied to a TPM by credential activation under the EK in its maker's certificate, or by an
// AK certificate. Refuses to take anything the signer wrote about itself (qualifiedSigner,
// firmwareVersion) for proof.
#pragma once

#include "ca/attestation/verifier.h"

namespace hallmark {

class Tpm2Verifier final : public EvidenceVerifier {
public:
    /// `chains` must outlive the verifier.
    explicit Tpm2Verifier(const ChainValidator& chains) : chains_(chains) {}

    [[nodiscard]] std::string_view format() const noexcept override { return "tpm2"; }
    [[nodiscard]] bool has_activation() const noexcept override { return true; }
    /// Members ek_chain and ak_public: answers credential_blob and secret. Members ak_chain and
    /// ak_public: answers nothing, and fixes the AK's Name alone.
    [[nodiscard]] Result<Opening> open(const ChallengeRequest& request, const VendorPin& pin,
                                       Instant now) const override;
    /// Members ak_public, key_public, attest, signature; activation and ek_chain, or ak_chain;
    /// creation_data (TPM2B_CREATION_DATA) where the attestation is of TPM2_CertifyCreation.
    [[nodiscard]] Result<VerifiedElement> verify(const Evidence& evidence, const VendorPin& pin,
                                                 const Expected& expected,
                                                 Instant now) const override;

private:
    const ChainValidator& chains_;
};

}  // namespace hallmark
