// One key of a TPM certified by an attestation key of the same TPM (TPM2_Certify,
// TPM2_CertifyCreation), taken out of its packaging: the rules that the formats share which rest on
// activation. Refuses to know how either was packed. Within this room only.
#pragma once

#include "ca/attestation/tpm2_endorsement.h"
#include "ca/attestation/tpm2_structures.h"

namespace hallmark {

/// An attestation key as it came, and fit to be one.
struct TpmSigner {
    std::optional<TpmPublic> structure;  ///< nullopt: known by its certificate alone.
    PublicKey key;

    [[nodiscard]] ByteView name() const { return structure ? structure->name : ByteView(); }
};
/// From its TPMT_PUBLIC; with an AK certificate it must be that certificate's key. Detail
/// "malformed: ...", "signer: ...", "name: ...".
[[nodiscard]] Result<TpmSigner> read_tpm_signer(ByteView public_area,
                                                const Endorsement& endorsement);
/// Where its TPMT_PUBLIC is not shown: what the AK is, its certificate says, and alone. Detail
/// "signer: ...".
[[nodiscard]] Result<TpmSigner> certified_tpm_signer(const Endorsement& endorsement);

/// What a challenge is opened with: with an EK certificate a secret sealed to that EK for this AK
/// (members credential_blob and secret), with an AK certificate nothing but the AK's Name.
[[nodiscard]] Opening open_for_signer(const Endorsement& endorsement, const TpmSigner& signer);

struct TpmCertification {
    ByteView attest_octets;  ///< TPMS_ATTEST, whose bytes are signed.
    TpmAttest attest;
    TpmSignature signature;
    TpmPublic key;
    std::optional<ByteView>
        creation_data;  ///< TPM2B_CREATION_DATA, where it is of CertifyCreation.
};
/// Made for us and now, by this signer, over this key, which is fit to be a leaf and the expected
/// one. Detail "type: ...", "nonce: ...", "signature: ...", "name: ...", "creation: ...",
/// "key: ...".
[[nodiscard]] Result<PublicKey> check_certification(const TpmCertification& certification,
                                                    const TpmSigner& signer,
                                                    const Expected& expected);

struct TpmFindings {
    std::string_view format;
    const VendorPin& pin;
    const Endorsement& endorsement;
    const TpmSigner& signer;
    const TpmCertification& certification;
    const PublicKey& leaf;
    std::string activation;  ///< As check_activation says it.
    bool fresh = false;
};
/// The claims that all of it together proves.
[[nodiscard]] VerifiedElement certified_element(const TpmFindings& found);

}  // namespace hallmark
