// Format "android-key": what an Android device's KeyMint attests of a key in its StrongBox
// (source.android.com, "Key and ID attestation"; developer.android.com, "Verify hardware-backed key
// pairs with key attestation").
//
// Followed and checked against android/keyattestation, Google's own verifier: the description in
// the leaf alone, its fields known and in order; the leaf's validity, which the device writes, is
// not asked, that of every certificate above it is; remotely provisioned attesters are told by
// their provisioning extension, those of the factory by title and serialNumber; a revoked or
// suspended serial anywhere in the chain ends it. Stricter here: DER alone (a BOOLEAN is 00 or FF),
// StrongBox alone, a locked bootloader and the maker's verified boot alone, signing alone, and
// suspended serials are refused as revoked ones. Checked with real chains of a StrongBox (remotely
// provisioned) and of trusted environments; no factory-provisioned StrongBox was seen.
#pragma once

#include "ca/attestation/verifier.h"

namespace hallmark {

class AndroidKeyVerifier final : public EvidenceVerifier {
public:
    /// `chains` must outlive the verifier.
    explicit AndroidKeyVerifier(const ChainValidator& chains) : chains_(chains) {}

    [[nodiscard]] std::string_view format() const noexcept override { return "android-key"; }
    [[nodiscard]] bool has_status_list() const noexcept override { return true; }
    /// Member chain, leaf first, at least three. Needs the vendor's status list (VendorPin::status)
    /// where revocation is asked for. Custody knows the element by the key of its attestation
    /// certificate, which is a batch's where the factory provisioned it.
    [[nodiscard]] Result<VerifiedElement> verify(const Evidence& evidence, const VendorPin& pin,
                                                 const Expected& expected,
                                                 Instant now) const override;

private:
    const ChainValidator& chains_;
};

}  // namespace hallmark
