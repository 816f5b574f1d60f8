// Format "tcg-csr-idevid": TCG's request for an initial device identity (TCG-CSR-IDEVID), with the
// EK certificate, the attestation key (IAK), and the signing key (IDevID) that it certified.
// The binary has no proof that attestation key and EK live in one TPM: the round of activation is
// that of format "tpm2", and needed. Refuses to take a word of the host's (prodModel, prodSerial,
// prodCaData, the boot log) for more than that.
//
// Seen in public sources: the fields and their order, 32-bit big-endian sizes, TPMT_PUBLIC,
// TPMS_ATTEST and TPMT_SIGNATURE as their contents, which of them may be empty, that the hash is of
// everything behind it in csrContents, and that the signing key signs csrContents
// (openconfig/attestz, service/biz/tpm20_utils.go); the outer header with its version 0x00000100
// (jeremyhahn/go-trusted-platform, pkg/tpm2); padding to a multiple of 16 octets (both). Not seen:
// a request of a real device, and the specification's own text. The two do not read each other's
// requests: the second signs by the attestation key, packs no hash and counts its padding
// otherwise, and is refused. Only recalled: that atCertifyInfo is TPM2_CertifyCreation of the
// attestation key by itself; TPM2_Certify is taken as well.
#pragma once

#include "ca/attestation/verifier.h"

namespace hallmark {

/// How the signatures in the binary are written. Of the profile, never guessed: a signature of RSA
/// may begin like a TPMT_SIGNATURE.
enum class TpmSignatureEncoding {
    tpmt,  ///< TPMT_SIGNATURE
    der,   ///< ECDSA as DER Ecdsa-Sig-Value, RSA as its bare octets
};

class TcgCsrIdevidVerifier final : public EvidenceVerifier {
public:
    /// `chains` must outlive the verifier.
    explicit TcgCsrIdevidVerifier(const ChainValidator& chains,
                                  TpmSignatureEncoding encoding = TpmSignatureEncoding::tpmt)
        : chains_(chains), encoding_(encoding) {}

    [[nodiscard]] std::string_view format() const noexcept override { return "tcg-csr-idevid"; }
    [[nodiscard]] bool has_activation() const noexcept override { return true; }
    /// Members ek_chain and ak_public, answers credential_blob and secret, as "tpm2" does. Issuers
    /// beside the EK certificate are not looked at: the request will bring none, so they have to be
    /// in the pin.
    [[nodiscard]] Result<Opening> open(const ChallengeRequest& request, const VendorPin& pin,
                                       Instant now) const override;
    /// Members csr (the binary) and activation, whose `attest` is sgnCertifyInfo. The nonce stands
    /// in sgnCertifyInfo's extraData; the signing key must be the PKCS#10 request's.
    [[nodiscard]] Result<VerifiedElement> verify(const Evidence& evidence, const VendorPin& pin,
                                                 const Expected& expected,
                                                 Instant now) const override;

private:
    const ChainValidator& chains_;
    TpmSignatureEncoding encoding_;
};

}  // namespace hallmark
