// COSE_Sign1 (RFC 9052 4.2), read strictly and verified under a key that came from elsewhere. The
// algorithm is the protected header's and must be the one of the key's curve; nothing unprotected
// is ever believed. Refuses what evidence has no use for: detached payloads, crit, RSA, MACs.
//
// P-521 and Ed25519 are no keys of this house (ca/crypto/keys.h): ES512 is read and fits no key,
// EdDSA is refused by number, or, where the form takes it, read for a caller with a key of its own.
#pragma once

#include "ca/crypto/cbor.h"
#include "ca/crypto/keys.h"

namespace hallmark {

/// Tag 18 is there or it is not: the format says which, the octets do not.
enum class CoseTag { required, forbidden };

/// What may stand in the unprotected header. Hints are kid (4) and x5chain (33, RFC 9360): taken in
/// their form and then ignored, since nobody signed them.
enum class CoseUnprotected { empty, hints };

/// EdDSA (RFC 9053 2.2) is Ed25519 here.
enum class CoseAlgorithms { ecdsa, ecdsa_and_eddsa };

struct CoseForm {
    CoseTag tag = CoseTag::required;
    CoseUnprotected unprotected = CoseUnprotected::empty;
    CoseAlgorithms algorithms = CoseAlgorithms::ecdsa;
    CborLimits limits = {};
};

struct CoseSign1 {
    Bytes protected_header;  ///< As it was signed: a map in CBOR.
    SignatureAlgorithm algorithm = SignatureAlgorithm::ecdsa_sha256;
    Bytes payload;
    Bytes signature;  ///< r||s, or EdDSA's octets.
};

/// The whole input as one COSE_Sign1. In the protected header stand alg, and at most content type
/// (3), kid and x5chain, which are not read; no label stands in both headers. Reason:
/// evidence_not_accepted, detail "cose: ...".
[[nodiscard]] Result<CoseSign1> parse_cose_sign1(ByteView cbor, const CoseForm& form);
/// The same of an item that stands inside another.
[[nodiscard]] Result<CoseSign1> read_cose_sign1(const CborItem& item, const CoseForm& form);

/// Sig_structure (RFC 9052 4.4) with the context "Signature1".
[[nodiscard]] Bytes cose_signed_octets(const CoseSign1& message, ByteView external_aad = {});

/// ES256 under P-256 or ES384 under P-384; r||s of exactly twice the field's octets (RFC 9053 2.1).
/// Reason: evidence_not_accepted, detail "signature: ...".
[[nodiscard]] Result<Done> verify_cose_sign1(const CoseSign1& message, const PublicKey& key,
                                             ByteView external_aad = {});

}  // namespace hallmark
