// What an attestation key and a leaf key of a TPM must be (TPM 2.0 Library Part 1, 25 and 31; Part
// 2, 8.3), and the check of a signature that an attestation key made. Knows nothing of EKs and
// certificates.
#pragma once

#include "ca/attestation/tpm2_structures.h"

namespace hallmark {

/// An attestation key: fixedTPM, fixedParent, sensitiveDataOrigin, restricted, sign set; decrypt,
/// encryptedDuplication, stClear, x509sign clear; a signature scheme of its own with SHA-256 or
/// SHA-384. Being restricted is what keeps its owner from forging attestations with it. Detail
/// "signer: ...".
[[nodiscard]] Result<Done> check_attestation_key(const TpmPublic& key);

/// A key to certify: fixedTPM, fixedParent, sensitiveDataOrigin, sign set; restricted (it could not
/// sign a TLS transcript), decrypt, encryptedDuplication, stClear, x509sign clear; scheme NULL or a
/// signature scheme with SHA-2. Detail "key: ...".
[[nodiscard]] Result<Done> check_leaf_key(const TpmPublic& key);

/// SHA-256, SHA-384 or SHA-512. Detail "name: ...".
[[nodiscard]] Result<Done> check_name_algorithm(const TpmPublic& key, std::string_view whose);

struct AttestationSignature {
    const TpmPublic& signer;
    const PublicKey& signer_key;
    ByteView attest;
    const TpmSignature& signature;
};
/// The algorithm is the signer's own scheme; the signature may only repeat it. Detail "signature:
/// ...".
[[nodiscard]] Result<Done> check_attestation_signature(const AttestationSignature& check);

/// The same where the signer is known by its certificate alone, which names no scheme: the
/// algorithm is the signature's own, with SHA-256 or SHA-384, and must go with the key.
struct CertifiedSignature {
    const PublicKey& signer_key;
    ByteView attest;
    const TpmSignature& signature;
};
[[nodiscard]] Result<Done> check_certified_signature(const CertifiedSignature& check);
struct LeafSignature {
    const TpmPublic& signer;
    const PublicKey& signer_key;
    ByteView message;
    const TpmSignature& signature;
};
/// Of a leaf key over octets from outside. Its own scheme where it has one; otherwise (scheme NULL)
/// what the signature names, among the signature schemes of the key's type with SHA-256 or SHA-384.
/// Detail "request: ...".
[[nodiscard]] Result<Done> check_leaf_signature(const LeafSignature& check);

}  // namespace hallmark
