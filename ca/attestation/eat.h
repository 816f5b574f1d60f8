// Format "eat": an Entity Attestation Token of RFC 9711 as a COSE_Sign1 over the claims that mean
// the same in every profile. Tokens of the PSA are another format, whatever they call themselves.
//
// Sources: drafts of RFC 9711 and its CDDL (forms, debug states, intended uses), public readers of
// it (numbers of claims, which claims go together); the text of the RFC itself was not at hand, and
// its section numbers are recalled. No maker's token was seen: what is checked is checked against
// the simulator alone.
//
// Stricter than RFC 9711: a nonce, and one alone; debugging off since the start at least, and said
// so; no floating-point numbers, no submodules, no tag of a CWT around the COSE_Sign1. A token that
// is meant for something else (intuse), whose maker did not authorise what was booted (oemboot), or
// whose time is not now, is refused.
//
// A token proves a platform and no key: platform-only always. Its nonce is made over the request's
// key; where it confirms a key as well (cnf, RFC 8747), that must be the request's.
#pragma once

#include "ca/attestation/verifier.h"

namespace hallmark {

class EatVerifier final : public EvidenceVerifier {
public:
    /// `chains` must outlive the verifier.
    explicit EatVerifier(const ChainValidator& chains) : chains_(chains) {}

    [[nodiscard]] std::string_view format() const noexcept override { return "eat"; }
    /// Members token and chain, as signed_token.h has them. The element's serial is its UEID
    /// without the type octet, where the token has one; custody knows it by its attestation key.
    [[nodiscard]] Result<VerifiedElement> verify(const Evidence& evidence, const VendorPin& pin,
                                                 const Expected& expected,
                                                 Instant now) const override;

private:
    const ChainValidator& chains_;
};

}  // namespace hallmark
