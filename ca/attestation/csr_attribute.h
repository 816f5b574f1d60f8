// Packaging "csr-attribute": evidence that stands in the request itself, as the one value of
// id-aa-attestation (draft-ietf-lamps-csr-attestation). Takes it out and says as which format it is
// judged; judges nothing. Refuses to guess: neither the syntax nor the kind of statement.
//
// Read: the draft's revision 29 (AttestationBundle), its revisions 18 and 21 (EvidenceBundle, whose
// statements may end in a hint), and the one request among its samples, which is of the latter
// kind. The draft assigns no statement's type. tcg-attest-tpm-certify stood in an appendix of
// earlier revisions; its text says TPMT_SIGNATURE, and so write those who still use it, but the
// sample has an RSA signature's bare octets. So the bare octets go with the earlier syntax,
// TPMT_SIGNATURE with the latest. No document assigns a type to evidence of
// draft-ietf-rats-pkix-key-attestation: that is a setting (PkixArc).
#pragma once

#include "ca/attestation/pkix.h"
#include "ca/domain/evidence.h"
#include "ca/domain/result.h"

#include <optional>
#include <string_view>

namespace hallmark {

inline constexpr std::string_view csr_attribute_format = "csr-attribute";

/// Which text of the draft the requests are written by.
enum class CsrAttributeSyntax {
    edition_2026,  ///< AttestationBundle: no hint; a TPM's signature is a TPMT_SIGNATURE.
    edition_2025,  ///< EvidenceBundle: a hint, which is not heeded; a TPM's is RSASSA with SHA-256.
};
/// "2026", "2025".
[[nodiscard]] std::optional<CsrAttributeSyntax> csr_attribute_syntax_from(std::string_view name);

struct CsrAttributeRules {
    CsrAttributeSyntax syntax = CsrAttributeSyntax::edition_2026;
    PkixArc pkix = {};
};

/// The evidence in the attribute's value: exactly one statement, of a type that one of our formats
/// has, and up to 16 X.509 certificates, which become the format's chain and are trusted for
/// nothing. Evidence::packaging says where it comes from. Reason: evidence_not_accepted, detail
/// "attribute: ..." or "statement: ...".
[[nodiscard]] Result<Evidence> unpack_csr_attribute(ByteView value, const CsrAttributeRules& rules);

}  // namespace hallmark
