#include "ca/attestation/csr_attribute.h"

#include "ca/attestation/members.h"
#include "ca/crypto/certificate.h"
#include "ca/crypto/der.h"

#include <algorithm>

namespace hallmark {
namespace {

constexpr std::size_t most_certificates = 16, longest_hint = 255, longest_type = 64;
// TCG's registered arc, as the draft's former appendix has it.
constexpr std::string_view tcg_attest_tpm_certify = "2.23.133.20.1";
// TPMT_SIGNATURE (TPM 2.0 Library Part 2, 11.3.4) before the size: TPM_ALG_RSASSA, TPM_ALG_SHA256.
constexpr unsigned char rsassa_sha256[] = {0x00, 0x14, 0x00, 0x0B};
constexpr std::size_t longest_rsa = 512;

Refusal refused(std::string_view what) {
    return evidence_refused("attribute", what);
}

/// What the bundle holds; views into it.
struct Bundle {
    std::string type;
    DerElement statement;
    std::vector<Bytes> certificates;
};

/// EvidenceStatement.hint: UTF8String in some revisions, IA5String in others.
bool is_hint(const DerElement& element) {
    return (element.tag == tag::utf8_string || element.tag == tag::ia5_string) &&
           !element.content.empty() && element.content.size() <= longest_hint;
}

/// AttestationStatement ::= SEQUENCE { type OBJECT IDENTIFIER, stmt ANY DEFINED BY type }; an
/// EvidenceStatement has a hint OPTIONAL behind.
Result<Done> read_statement(DerReader statement, CsrAttributeSyntax syntax, Bundle& bundle) {
    const auto type = statement.oid();
    const auto stmt = statement.any();
    if (!type || !stmt) return refused("the statement is malformed");
    bundle.type = *type;
    bundle.statement = *stmt;
    if (statement.at_end()) return Done{};
    if (syntax == CsrAttributeSyntax::edition_2026)
        return refused("the statement has more than type and stmt");
    const auto hint = statement.any();
    if (!hint || !is_hint(*hint) || !statement.at_end()) return refused("the hint is malformed");
    return Done{};
}

/// SEQUENCE SIZE (1..MAX) OF LimitedCertChoices: an X.509 certificate bears no tag of its own, and
/// every other choice does.
Result<std::vector<Bytes>> read_certificates(DerReader certs) {
    std::vector<Bytes> certificates;
    while (!certs.at_end()) {
        const auto certificate = certs.any();
        if (!certificate) return refused("a certificate is malformed");
        if (certificate->tag != tag::sequence) return refused("a certificate that is not X.509");
        if (certificates.size() == most_certificates)
            return refused("more certificates than the limit");
        certificates.push_back(to_bytes(certificate->whole));
    }
    if (certificates.empty()) return refused("certs without a certificate");
    return certificates;
}

/// AttestationBundle ::= SEQUENCE { attestations SEQUENCE SIZE (1..MAX) OF AttestationStatement,
/// certs SEQUENCE SIZE (1..MAX) OF LimitedCertChoices OPTIONAL }. Of several statements all would
/// have to be judged, and to speak of one element: one alone is taken.
Result<Bundle> read_bundle(ByteView value, CsrAttributeSyntax syntax) {
    const auto outer = sole_element(value, tag::sequence);
    if (!outer) return refused("not exactly one DER SEQUENCE");
    DerReader reader(outer->content);
    auto statements = reader.sequence();
    if (!statements) return refused("the statements are malformed");
    if (statements->at_end()) return refused("no statement");
    const auto statement = statements->sequence();
    if (!statement) return refused("the statement is malformed");
    if (!statements->at_end()) return refused("more than one statement");
    Bundle bundle;
    HALLMARK_TRY(read, read_statement(*statement, syntax, bundle));
    if (reader.at_end()) return bundle;
    const auto certs = reader.sequence();
    if (!certs || !reader.at_end()) return refused("the certs are malformed");
    HALLMARK_TRY(certificates, read_certificates(*certs));
    bundle.certificates = std::move(certificates);
    return bundle;
}

/// Revision 29, 4.1: no order of the certificates is to be expected. The attestation key's is the
/// one whose subject issued none of the others.
Result<std::vector<Bytes>> leaf_first(std::vector<Bytes> certificates) {
    std::vector<Certificate> read;
    for (const Bytes& der : certificates) {
        auto certificate = parse_certificate(der);
        if (!certificate) return refused("a certificate is malformed");
        read.push_back(std::move(*certificate));
    }
    std::optional<std::size_t> leaf;
    for (std::size_t i = 0; i < read.size(); ++i) {
        bool issues = false;
        for (std::size_t j = 0; j < read.size(); ++j)
            issues = issues || (i != j && read[j].issuer == read[i].subject);
        if (issues) continue;
        if (leaf) return refused("certs of more than one path");
        leaf = i;
    }
    if (!leaf) return refused("certs of more than one path");
    const auto at = certificates.begin() + static_cast<std::ptrdiff_t>(*leaf);
    std::rotate(certificates.begin(), at, at + 1);
    return certificates;
}

/// TPMT_SIGNATURE of a bare RSASSA signature with SHA-256.
Result<Bytes> with_its_scheme(ByteView bare) {
    if (bare.empty() || bare.size() > longest_rsa)
        return evidence_refused("statement", "the signature is no RSA signature");
    const unsigned char size[] = {static_cast<unsigned char>(bare.size() >> 8),
                                  static_cast<unsigned char>(bare.size())};
    return concat({rsassa_sha256, size, bare});
}

using Members = std::vector<EvidenceMember>;

/// Tcg-csr-tpm-certify ::= SEQUENCE { tpmSAttest OCTET STRING, signature OCTET STRING, tpmTPublic
/// OCTET STRING OPTIONAL }. Without tpmTPublic nobody can say which key it is that has the Name.
Result<Members> read_tpm_certify(const DerElement& stmt, CsrAttributeSyntax syntax) {
    const auto malformed = evidence_refused("statement", "no tcg-attest-tpm-certify");
    if (stmt.tag != tag::sequence) return malformed;
    DerReader reader(stmt.content);
    const auto attest = reader.content(tag::octet_string);
    const auto signature = reader.content(tag::octet_string);
    if (!attest || !signature) return malformed;
    if (reader.at_end()) return evidence_refused("statement", "without tpmTPublic");
    const auto key = reader.content(tag::octet_string);
    if (!key || !reader.at_end()) return malformed;
    Bytes whole = to_bytes(*signature);
    if (syntax == CsrAttributeSyntax::edition_2025) {
        HALLMARK_TRY(framed, with_its_scheme(*signature));
        whole = std::move(framed);
    }
    return Members{{.name = "attest", .values = {to_bytes(*attest)}},
                   {.name = "signature", .values = {std::move(whole)}},
                   {.name = "key_public", .values = {to_bytes(*key)}}};
}

/// The statement is the draft's Evidence as it stands.
Result<Members> read_pkix(const DerElement& stmt, CsrAttributeSyntax) {
    return Members{{.name = "evidence", .values = {to_bytes(stmt.whole)}}};
}

struct StatementKind {
    std::string_view type;
    std::string_view format;
    std::string_view chain;  ///< The format's member that takes the bundle's certificates.
    Result<Members> (*read)(const DerElement& stmt, CsrAttributeSyntax syntax);
};

}  // namespace

std::optional<CsrAttributeSyntax> csr_attribute_syntax_from(std::string_view name) {
    if (name == "2026") return CsrAttributeSyntax::edition_2026;
    if (name == "2025") return CsrAttributeSyntax::edition_2025;
    return std::nullopt;
}

Result<Evidence> unpack_csr_attribute(ByteView value, const CsrAttributeRules& rules) {
    const StatementKind kinds[] = {
        {tcg_attest_tpm_certify, "tpm2", "ak_chain", read_tpm_certify},
        {rules.pkix.statement, "pkix-key-attestation", "chain", read_pkix},
    };
    HALLMARK_TRY(bundle, read_bundle(value, rules.syntax));
    const auto* const kind =
        std::find_if(std::begin(kinds), std::end(kinds),
                     [&](const StatementKind& one) { return one.type == bundle.type; });
    if (kind == std::end(kinds))
        return evidence_refused("statement",
                                "unknown type: " + bundle.type.substr(0, longest_type));
    HALLMARK_TRY(members, kind->read(bundle.statement, rules.syntax));
    if (!bundle.certificates.empty()) {
        HALLMARK_TRY(chain, leaf_first(std::move(bundle.certificates)));
        members.push_back(
            {.name = std::string(kind->chain), .values = std::move(chain), .is_list = true});
    }
    return Evidence{.format = std::string(kind->format),
                    .members = std::move(members),
                    .packaging = std::string(csr_attribute_format)};
}

}  // namespace hallmark
