#include "ca/crypto/csr.h"

#include "ca/crypto/certificate.h"
#include "ca/crypto/der.h"

#include <set>

namespace hallmark {

namespace {

constexpr std::size_t octets_limit = 16 * 1024;
constexpr std::size_t attributes_limit = 16;
constexpr std::size_t challenge_limit = 255;  // RFC 2985 A: pkcs-9-ub-challengePassword
constexpr std::string_view challenge_oid = "1.2.840.113549.1.9.7";  // RFC 2985 5.4.1
// draft-ietf-lamps-csr-attestation: id-aa-attestation
constexpr std::string_view attestation_oid = "1.2.840.113549.1.9.16.2.59";

Refusal refused(std::string_view what) {
    return {Reason::csr_not_accepted, "request: " + std::string(what)};
}

/// RFC 2985 5.4.1: DirectoryString; the two kinds of it that are still made.
std::optional<std::string> read_challenge(const DerElement& value) {
    if (value.tag != tag::utf8_string && value.tag != tag::printable_string) return std::nullopt;
    if (value.content.empty() || value.content.size() > challenge_limit) return std::nullopt;
    return std::string(as_text(value.content));
}

/// Attribute ::= SEQUENCE { type OID, values SET SIZE (1..MAX) OF ANY }
Result<Done> read_attributes(DerReader attributes, CertificationRequest& request) {
    std::set<std::string> seen;
    while (!attributes.at_end()) {
        if (seen.size() == attributes_limit) return refused("too many attributes");
        auto attribute = attributes.sequence();
        if (!attribute) return refused("an attribute is malformed");
        const auto type = attribute->oid();
        auto values = attribute->inside(tag::set);
        if (!type || !values || !attribute->at_end()) return refused("an attribute is malformed");
        if (!seen.insert(*type).second) return refused("attribute " + *type + " stands twice");
        const auto value = values->any();
        if (!value) return refused("an attribute has no value");
        if (*type != challenge_oid && *type != attestation_oid) continue;
        if (!values->at_end()) return refused("attribute " + *type + " has more than one value");
        if (*type == attestation_oid) {
            request.attestation = to_bytes(value->whole);
            continue;
        }
        request.challenge_password = read_challenge(*value);
        if (!request.challenge_password) return refused("the challengePassword is malformed");
    }
    return Done{};
}

/// CertificationRequestInfo ::= SEQUENCE { version INTEGER { v1(0) }, subject Name,
/// subjectPKInfo SubjectPublicKeyInfo, attributes [0] IMPLICIT SET OF Attribute }
Result<CertificationRequest> read_info(DerReader reader) {
    const auto version = reader.small_integer();
    if (!version || *version != 0) return refused("the version is not 1");
    const auto subject = reader.element(tag::sequence);
    if (!subject || !parse_name(subject->whole)) return refused("the subject is not a Name");
    const auto spki = reader.element(tag::sequence);
    if (!spki) return refused("the key is malformed");
    const auto attributes = reader.inside(tag::context(0, true));
    if (!attributes || !reader.at_end()) return refused("the attributes are malformed");
    HALLMARK_TRY(key, parse_public_key(spki->whole));
    CertificationRequest request;
    request.key = std::move(key);
    HALLMARK_TRY(taken, read_attributes(*attributes, request));
    return request;
}

}  // namespace

Result<CertificationRequest> parse_csr(ByteView input) {
    if (input.size() > octets_limit) return refused("too large");
    const auto outer = sole_element(input, tag::sequence);
    if (!outer) return refused("not exactly one DER SEQUENCE");
    DerReader reader(outer->content);
    const auto info = reader.element(tag::sequence);
    const auto identifier = reader.element(tag::sequence);
    const auto signature = reader.octet_aligned_bit_string();
    if (!info || !identifier || !signature || !reader.at_end()) return refused("malformed");
    const auto algorithm = signature_algorithm_from(identifier->whole);
    if (!algorithm) return refused("the signature algorithm is not taken");
    if (is_weak(*algorithm)) return refused("signed with SHA-1");

    HALLMARK_TRY(request, read_info(DerReader(info->content)));
    if (!verify_signature(request.key, *algorithm, info->whole, *signature)) {
        return refused("no proof of possession");
    }
    request.sha256 = sha256(input);
    return std::move(request);
}

}  // namespace hallmark
