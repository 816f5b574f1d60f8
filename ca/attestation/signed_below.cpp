#include "ca/attestation/signed_below.h"

#include "ca/attestation/members.h"
#include "ca/crypto/signatures.h"

namespace hallmark {

Result<Certificate> signed_below(ByteView der, const ValidatedChain& above, std::string_view word) {
    auto below = parse_certificate(der);
    if (!below) return evidence_refused(word, below.error().detail);
    if (!equal(below->issuer, above.leaf.subject))
        return evidence_refused(word, "issued under another name");
    const auto algorithm = signature_algorithm_from(below->signature_algorithm);
    if (!algorithm || is_weak(*algorithm))
        return evidence_refused(word, "signature algorithm not taken");
    if (!verify_signature(above.leaf_key, *algorithm, below->tbs, below->signature))
        return evidence_refused(word, "not signed by the key above it");
    for (const Extension& extension : below->extensions) {
        // RFC 5280 4.2.1.9, 4.2.1.3.
        if (extension.critical && extension.oid != "2.5.29.19" && extension.oid != "2.5.29.15")
            return evidence_refused(word, "unknown critical extension " + extension.oid);
    }
    const auto constraints = below->basic_constraints();
    if (constraints && constraints->ca) return evidence_refused(word, "an authority");
    return std::move(*below);
}

}  // namespace hallmark
