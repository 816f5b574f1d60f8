// TCG-CSR-IDEVID, the request for a device identity that host software packs from what a TPM says
// (TCG "TPM 2.0 Keys for Device Identity and Attestation" 1.0, 13.1), taken apart: sizes, padding,
// and the hash inside. What the pieces mean is tcg_csr_idevid.h's business.
#pragma once

#include "ca/crypto/hash.h"
#include "ca/domain/result.h"

#include <string>

namespace hallmark {

/// Views are into the binary, which must outlive them.
struct TcgCsrIdevid {
    ByteView contents;   ///< csrContents, which the outer signature is over.
    ByteView signature;  ///< By the signing key.
    HashAlgorithm hash_algorithm{};
    std::string product_model;   ///< The host's own words, 1 to 64 printable ASCII characters.
    std::string product_serial;  ///< The same.
    ByteView ek_certificate;
    ByteView attest_public;             ///< TPMT_PUBLIC of the attestation key (IAK)
    ByteView creation_ticket;           ///< atCreateTkt: only the TPM that made it could check it.
    ByteView attest_certify_info;       ///< What the attestation key says of itself; may be empty.
    ByteView attest_certify_signature;  ///< Empty together with it.
    ByteView signing_public;            ///< TPMT_PUBLIC of the signing key (IDevID)
    ByteView signing_certify_info;      ///< TPMS_ATTEST
    ByteView signing_certify_signature;
};

/// Exact: both versions 0x00000100, every size adds up and nothing trails, what is needed is there,
/// the padding makes csrContents a multiple of 16 octets and is shorter than that, and the hash
/// (SHA-256, SHA-384 or SHA-512) is of everything in csrContents behind it. Reason:
/// evidence_not_accepted, detail "layout: ..." or "hash: ...".
[[nodiscard]] Result<TcgCsrIdevid> parse_tcg_csr_idevid(ByteView binary);

}  // namespace hallmark
