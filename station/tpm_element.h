// A TPM 2.0 as Secure Element (evidence formats `tpm2` and `tcg-csr-idevid`): EK certificate from
// NV, restricted AK, leaf key certified by it, over tpm2-tss. Refuses to go on with an EK that is
// not the one in the certificate.
#pragma once

#include "station/element.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace hallmark {

struct TpmOptions {
    std::string tcti;
    /// "tpm2" or "tcg-csr-idevid": how its statements are packed.
    std::string format = "tpm2";
    /// What a TCG-CSR-IDEVID calls the product; its serial there is the element's identity.
    std::string product = "device";
    /// By a name of ek_kinds(); empty: the first of these that the TPM has a certificate for.
    std::string ek;
    /// Issuers of the EK certificate, where NV does not hold them.
    std::vector<Bytes> ek_issuers;
    /// TPM 2.0 Handle registry 2.3.1: 0x81000000 to 0x817FFFFF are the owner's.
    std::uint32_t key_handle = 0x81000100;
    /// The certificate goes here as PEM; empty: into NV at `certificate_index`.
    std::filesystem::path certificate_file;
    /// Owner's NV indexes: 0x01800000 to 0x01BFFFFF.
    std::uint32_t certificate_index = 0x01800100;
};

/// Opens the TPM; throws ElementFault. The connection is held as long as the element lives.
[[nodiscard]] std::unique_ptr<SecureElement> open_tpm(TpmOptions options);

/// The public keys (SPKI) of all EKs that this TPM has certificates for, each proved to be the
/// TPM's own: what a vendor's manifest lists.
[[nodiscard]] std::vector<Bytes> endorsement_keys(const std::string& tcti);

}  // namespace hallmark
