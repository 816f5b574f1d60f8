// Format "pkix-key-attestation": what an HSM says of a key in it, as
// draft-ietf-rats-pkix-key-attestation has it, signed by an attestation key whose certificate its
// maker issued.
//
// The draft's object identifiers are placeholders (1.3.6.1.5.5.999, extended key usage
// 1.3.6.1.5.5.7.3.999), so they are settings and no constants. Checked against the draft's own
// sample evidence of July 2026 and no HSM's; the rules of the draft's section on verification are
// followed, and one of its choices is made: exactly one signature is taken.
#pragma once

#include "ca/attestation/verifier.h"

namespace hallmark {

/// Where the draft's identifiers stand, until IANA assigns them.
struct PkixArc {
    std::string evidence = "1.3.6.1.5.5.999";
    std::string extended_key_usage = "1.3.6.1.5.5.7.3.999";
    /// AttestationStatement.type of such evidence in a request: the arc itself, as long as nothing
    /// is assigned.
    std::string statement = "1.3.6.1.5.5.999";
};

class PkixVerifier final : public EvidenceVerifier {
public:
    /// `chains` must outlive the verifier.
    explicit PkixVerifier(const ChainValidator& chains, PkixArc arc = {})
        : chains_(chains), arc_(std::move(arc)) {}

    [[nodiscard]] std::string_view format() const noexcept override {
        return "pkix-key-attestation";
    }
    /// Members evidence (DER) and, where the evidence does not carry it, chain: the attestation
    /// key's certificate first. Of several keys the expected one is judged; on the command line
    /// without
    /// --key there must be one alone. Custody knows the element by its attestation key.
    [[nodiscard]] Result<VerifiedElement> verify(const Evidence& evidence, const VendorPin& pin,
                                                 const Expected& expected,
                                                 Instant now) const override;

private:
    const ChainValidator& chains_;
    PkixArc arc_;
};

}  // namespace hallmark
