// Format "psa-token": the attestation token of Arm's Platform Security Architecture, a COSE_Sign1
// that a root of trust signs over what it is, what runs on it and a nonce that its caller chose.
//
// Sources: RFC 9783, read as its draft 24 (claims, forms, lifecycle, the older profile's keys); the
// CDDL of the PSA Attestation API 1.0 (PSA_IOT_PROFILE_1); Silicon Labs' pages on secure identity
// and attestation tokens (nine octets of instance id, names of certificates, no signer ids).
// Checked against Veraison's token of the draft profile; of Silicon Labs a printed token and
// certificate were read, and neither was judged whole. Recalled and not seen: instance ids of 33
// octets on its newer parts.
//
// Stricter than RFC 9783: CBOR in its shortest forms alone (5.1.1 allows others), no MACs, no
// P-521, a lifecycle of SECURED (4.3.1 would trust non-PSA-RoT debug too), callers of the secure
// side, and software that was measured.
//
// A token proves a platform and no key. Its nonce is made over the request's key, so it proves too
// that a caller on that platform asked for this key; whether that caller keeps it is the caller's
// word. Hence platform-only, until an operator names the caller.
#pragma once

#include "ca/attestation/psa_claims.h"
#include "ca/attestation/verifier.h"

namespace hallmark {

/// A partition that asks for tokens over nothing but keys that were made in it and stay there. What
/// a client id means, one vendor's firmware of one profile says.
struct PsaKeyCaller {
    VendorId vendor;
    PsaProfile profile = PsaProfile::tfm;
    std::int64_t client_id = 0;
};

class PsaTokenVerifier final : public EvidenceVerifier {
public:
    /// `chains` must outlive the verifier. Tokens that `key_callers` asked for attest the key; all
    /// others the platform.
    explicit PsaTokenVerifier(const ChainValidator& chains,
                              std::vector<PsaKeyCaller> key_callers = {})
        : chains_(chains), key_callers_(std::move(key_callers)) {}

    [[nodiscard]] std::string_view format() const noexcept override { return "psa-token"; }
    /// Members token and chain, as signed_token.h has them. The element's serial is its instance id
    /// without the type octet, its model the implementation id; custody knows it by its attestation
    /// key.
    [[nodiscard]] Result<VerifiedElement> verify(const Evidence& evidence, const VendorPin& pin,
                                                 const Expected& expected,
                                                 Instant now) const override;

private:
    const ChainValidator& chains_;
    std::vector<PsaKeyCaller> key_callers_;
};

}  // namespace hallmark
