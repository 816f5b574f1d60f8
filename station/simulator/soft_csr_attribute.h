// Evidence packed into a request's id-aa-attestation, as draft-ietf-lamps-csr-attestation describes
// it from an attester's side: statements, each under its type, and certificates beside them.
#pragma once

#include "ca/domain/bytes.h"

#include <string>
#include <vector>

namespace hallmark {

struct SoftCsrStatement {
    std::string type;       ///< Dotted OID.
    Bytes stmt;             ///< DER
    std::string hint = {};  ///< With one it is an EvidenceStatement; UTF8String.
};

/// What is packed, and how; the defaults are right. Beside `statements` and `certificates` each
/// member is one way to lie.
struct SoftCsrBundle {
    std::vector<SoftCsrStatement> statements;
    std::vector<Bytes> certificates = {};  ///< CertificateChoices, DER; empty: no certs.
    bool empty_certs = false;              ///< certs, without one.
    bool in_a_list = false;                ///< SEQUENCE OF EvidenceBundle, as it once was.
    Bytes behind_hint = {};                ///< DER, in each statement.
    Bytes behind_certs = {};               ///< DER

    [[nodiscard]] Bytes der() const;
};

/// The whole Attribute with one value or several.
[[nodiscard]] Bytes soft_attestation_attribute(const std::vector<Bytes>& values);

/// Tcg-csr-tpm-certify of the draft's former appendix; without tpmTPublic where that is empty.
struct SoftTcgStatement {
    Bytes attest;     ///< TPMS_ATTEST
    Bytes signature;  ///< TPMT_SIGNATURE, or what `soft_bare_signature` leaves of it.
    Bytes public_area;

    [[nodiscard]] Bytes der() const;
};
/// The octets of an RSA signature without sigAlg, hash and size: what `tpm2_certify` writes with
/// `--format plain`.
[[nodiscard]] Bytes soft_bare_signature(ByteView tpmt_signature);

}  // namespace hallmark
