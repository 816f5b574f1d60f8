#include "ca/attestation/pkix_evidence.h"

#include "ca/attestation/members.h"
#include "ca/crypto/der.h"

#include <algorithm>

namespace hallmark {
namespace {

constexpr std::size_t most_elements = 32, most_claims = 64, most_signatures = 4, most_issuers = 8;

Refusal malformed(std::string_view what) {
    return evidence_refused("evidence", std::string(what) + " is malformed");
}

/// ReportedClaim ::= SEQUENCE { claimType OBJECT IDENTIFIER, value ANY OPTIONAL }
std::optional<PkixClaim> read_claim(DerReader& claims) {
    auto reader = claims.sequence();
    if (!reader) return std::nullopt;
    const auto type = reader->oid();
    if (!type) return std::nullopt;
    PkixClaim claim{.type = *type, .value = {}};
    if (reader->at_end()) return claim;
    const auto value = reader->any();
    if (!value || !reader->at_end()) return std::nullopt;
    claim.value = to_bytes(value->whole);
    return claim;
}

/// ReportedElement ::= SEQUENCE { elementType OBJECT IDENTIFIER, claims SEQUENCE OF ReportedClaim }
Result<PkixElement> read_element(DerReader& elements) {
    auto reader = elements.sequence();
    if (!reader) return malformed("an element");
    const auto type = reader->oid();
    auto claims = reader->sequence();
    if (!type || !claims || !reader->at_end()) return malformed("an element");
    PkixElement element{.type = *type, .claims = {}};
    while (!claims->at_end()) {
        auto claim = read_claim(*claims);
        if (!claim || element.claims.size() == most_claims) return malformed("a claim");
        if (element.find(claim->type)) return evidence_refused("evidence", "a claim stands twice");
        element.claims.push_back(std::move(*claim));
    }
    return element;
}

/// TbsEvidence ::= SEQUENCE { version INTEGER, reportedElements SEQUENCE OF ReportedElement }
Result<Done> read_tbs(ByteView content, PkixEvidence& evidence) {
    DerReader reader(content);
    const auto version = reader.small_integer();
    if (!version) return malformed("the version");
    if (*version != 1) return evidence_refused("evidence", "not of version 1");
    auto elements = reader.sequence();
    if (!elements || !reader.at_end()) return malformed("what is signed");
    while (!elements->at_end()) {
        if (evidence.elements.size() == most_elements)
            return evidence_refused("evidence", "more elements than the limit");
        HALLMARK_TRY(element, read_element(*elements));
        evidence.elements.push_back(std::move(element));
    }
    return Done{};
}

/// SignerIdentifier ::= SEQUENCE { keyId [0] OCTET STRING OPTIONAL, subjectKeyInfo [1]
/// SubjectPublicKeyInfo OPTIONAL, certificate [2] Certificate OPTIONAL }, EXPLICIT tags.
bool read_signer(DerReader reader, PkixSignature& signature) {
    const auto taken = [&](unsigned number, std::uint8_t inner) -> std::optional<DerElement> {
        auto tagged = reader.inside(tag::context(number, true));
        if (!tagged) return std::nullopt;
        const auto element = tagged->element(inner);
        return tagged->at_end() ? element : std::nullopt;
    };
    if (reader.next_is(tag::context(0, true))) {
        const auto id = taken(0, tag::octet_string);
        if (!id) return false;
        signature.key_id = to_bytes(id->content);
    }
    if (reader.next_is(tag::context(1, true))) {
        const auto spki = taken(1, tag::sequence);
        if (!spki) return false;
        signature.spki = to_bytes(spki->whole);
    }
    if (reader.next_is(tag::context(2, true))) {
        const auto certificate = taken(2, tag::sequence);
        if (!certificate) return false;
        signature.certificate = to_bytes(certificate->whole);
    }
    return reader.at_end();
}

/// SignatureBlock ::= SEQUENCE { sid SignerIdentifier, signatureAlgorithm AlgorithmIdentifier,
/// signatureValue OCTET STRING }
Result<Done> read_signatures(DerReader blocks, PkixEvidence& evidence) {
    while (!blocks.at_end()) {
        if (evidence.signatures.size() == most_signatures)
            return evidence_refused("evidence", "more signatures than the limit");
        auto reader = blocks.sequence();
        if (!reader) return malformed("a signature");
        const auto signer = reader->sequence();
        const auto algorithm = reader->element(tag::sequence);
        const auto value = reader->content(tag::octet_string);
        PkixSignature signature;
        if (!signer || !algorithm || !value || !reader->at_end() ||
            !read_signer(*signer, signature)) {
            return malformed("a signature");
        }
        signature.algorithm = signature_algorithm_from(algorithm->whole);
        signature.value = to_bytes(*value);
        evidence.signatures.push_back(std::move(signature));
    }
    return Done{};
}

Result<Done> read_intermediates(ByteView content, PkixEvidence& evidence) {
    DerReader reader(content);
    // EXPLICIT: one SEQUENCE OF, whose first member is a certificate, whose first is a SEQUENCE
    // too. A certificate itself begins with its to-be-signed part, which holds [0] or an INTEGER
    // first.
    const auto only = sole_element(content, tag::sequence);
    if (only) {
        DerReader inside(only->content);
        auto first = inside.sequence();
        if (first && first->next_is(tag::sequence)) reader = DerReader(only->content);
    }
    while (!reader.at_end()) {
        const auto certificate = reader.element(tag::sequence);
        if (!certificate || evidence.intermediates.size() == most_issuers)
            return malformed("an intermediate");
        evidence.intermediates.push_back(to_bytes(certificate->whole));
    }
    return Done{};
}

}  // namespace

const Bytes* PkixElement::find(std::string_view claim) const noexcept {
    const auto found = std::find_if(claims.begin(), claims.end(),
                                    [&](const PkixClaim& each) { return each.type == claim; });
    return found == claims.end() ? nullptr : &found->value;
}

Result<PkixEvidence> parse_pkix_evidence(ByteView der) {
    const auto outer = sole_element(der, tag::sequence);
    if (!outer) return evidence_refused("evidence", "not exactly one DER SEQUENCE");
    DerReader reader(outer->content);
    const auto tbs = reader.element(tag::sequence);
    const auto signatures = reader.sequence();
    if (!tbs || !signatures) return malformed("it");
    PkixEvidence evidence;
    evidence.tbs = to_bytes(tbs->whole);
    HALLMARK_TRY(read, read_tbs(tbs->content, evidence));
    HALLMARK_TRY(signed_, read_signatures(*signatures, evidence));
    if (!reader.at_end()) {
        const auto more = reader.content(tag::context(0, true));
        if (!more || !reader.at_end()) return malformed("it");
        HALLMARK_TRY(issuers, read_intermediates(*more, evidence));
    }
    return evidence;
}

}  // namespace hallmark
