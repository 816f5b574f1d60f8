// Format "webauthn": an attestation object as the W3C's Web Authentication, Level 2, section 6.5
// has it, with its client data, used as a package for an element's evidence. Taken are the
// statements "packed" (8.2) with a certificate, and "tpm" (8.3) and "android-key" (8.4) where the
// key is also what this house asks of a TPM's and an Android device's. Refused by name: "none" and
// self attestation, which prove nothing; "fido-u2f", whose key cannot be asked for again; "apple",
// which is anonymous; and everything else.
//
// Checked against the W3C's test vectors, a real YubiKey's object and no other authenticator's. The
// tpm statement's signature is taken as COSE has it (RFC 9053), which is what the vectors have; the
// text of 8.3 speaks of a TPMT_SIGNATURE.
#pragma once

#include "ca/attestation/verifier.h"

namespace hallmark {

class WebauthnVerifier final : public EvidenceVerifier {
public:
    /// `chains` must outlive the verifier.
    explicit WebauthnVerifier(const ChainValidator& chains) : chains_(chains) {}

    [[nodiscard]] std::string_view format() const noexcept override { return "webauthn"; }
    /// For the statement "android-key" alone.
    [[nodiscard]] bool has_status_list() const noexcept override { return true; }
    /// Members attestation_object (CBOR) and client_data (the JSON text as it was hashed). Custody
    /// knows the element by the key of its attestation certificate: an element that shares that key
    /// with others of its batch is in no manifest.
    [[nodiscard]] Result<VerifiedElement> verify(const Evidence& evidence, const VendorPin& pin,
                                                 const Expected& expected,
                                                 Instant now) const override;

private:
    const ChainValidator& chains_;
};

}  // namespace hallmark
