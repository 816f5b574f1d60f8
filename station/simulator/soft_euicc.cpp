#include "station/simulator/soft_euicc.h"

#include "ca/crypto/der.h"
#include "ca/crypto/keys.h"

#include <algorithm>

namespace hallmark {
namespace {

constexpr std::string_view issuer_name = "Example CI";
constexpr std::string_view example_prefix = "89049032";  // GSMA's, for tests (SGP.26).
const Instant from = from_rfc3339("2020-04-01T00:00:00Z").value();

Bytes rdn(std::string_view type, Bytes value) {
    return der_set_of({der_sequence({der_oid(type), value})});
}

/// Organization, number where there is one, common name.
Bytes named(std::string_view organization, std::string_view number, std::string_view cn) {
    Bytes rdns = rdn("2.5.4.10", der_utf8(organization));
    if (!number.empty()) append(rdns, ByteView(rdn("2.5.4.5", der_printable(number))));
    append(rdns, ByteView(rdn("2.5.4.3", der_utf8(cn))));
    return der(tag::sequence, rdns);
}

Bytes policies_extension(const std::vector<std::string>& policies) {
    if (policies.empty()) return {};
    Bytes list;
    for (const std::string& policy : policies)
        append(list, ByteView(der_sequence({der_oid(policy)})));
    return soft_extension("2.5.29.32", true, der(tag::sequence, list));
}

/// CA with path length 0, critical.
Bytes last_authority() {
    return soft_extension("2.5.29.19", true, der_sequence({der_boolean(true), der_integer(0)}));
}

Instant instant_of(std::string_view text) {
    return from_rfc3339(text).value();
}

/// euiccInfo2: the versions, then of what follows in a real one some members of each kind.
Bytes info_of(const SoftEuiccReport& how) {
    Bytes content;
    unsigned number = 0;
    for (const Bytes& version : how.versions)
        append(content, ByteView(der(tag::context(++number, false), version)));
    append(content, ByteView(how.behind_versions));
    append(content, ByteView(der(tag::context(4, false), Bytes{0x81, 0x01, 0x08})));
    append(content, ByteView(der(tag::context(9, true), der_octet_string(Bytes(20, 0xC1)))));
    append(content, ByteView(der_octet_string(Bytes{0, 0, 1})));  // ppVersion
    // [34] IMPLICIT SEQUENCE: BF 22, the length, the content.
    const Bytes counted = der(tag::sequence, content);
    return concat({Bytes{0xBF, 0x22}, ByteView(counted).subspan(1)});
}

/// ctxParamsForCommonAuthentication: a matchingId and the device's TAC.
Bytes context_of(const SoftEuiccReport& how) {
    const Bytes device = der(tag::context(1, true), der(tag::context(0, false), Bytes(4, 0x35)));
    const Bytes content = concat({der(tag::context(0, false), as_bytes("MATCH")), device});
    const Bytes counted = der(tag::sequence, content);
    return concat({how.context_tag, ByteView(counted).subspan(1)});
}

}  // namespace

std::string soft_eid(std::string_view prefix, std::uint64_t number) {
    std::string eid(prefix);
    const std::string digits = std::to_string(number);
    eid.append(30 - prefix.size() - digits.size(), '0').append(digits);
    unsigned remainder = 0;
    for (const char digit : eid + "00")
        remainder = (remainder * 10 + static_cast<unsigned>(digit - '0')) % 97;
    const unsigned check = 98 - remainder;
    return eid + (check < 10 ? "0" : "") + std::to_string(check);
}

Bytes soft_subtree(std::string_view organization, std::string_view prefix) {
    Bytes rdns;
    if (!organization.empty()) append(rdns, ByteView(rdn("2.5.4.10", der_utf8(organization))));
    if (!prefix.empty()) append(rdns, ByteView(rdn("2.5.4.5", der_printable(prefix))));
    return der_sequence({der(tag::context(4, true), der(tag::sequence, rdns))});
}

Bytes soft_permitted(const std::vector<Bytes>& subtrees) {
    Bytes list;
    for (const Bytes& subtree : subtrees)
        append(list, ByteView(subtree));
    return der_sequence({der(tag::context(0, true), list)});
}

SoftEum::SoftEum(const SoftEumCertificate& how)
    : root_key_(soft_p256_key()),
      key_(soft_p256_key()),
      root_(soft_ca_certificate(issuer_name, issuer_name, root_key_.get(), root_key_.get())) {
    const Bytes constraints = how.name_constraints.value_or(
        soft_permitted({soft_subtree(how.organization, example_prefix)}));
    Bytes extensions = concat({soft_authority_key_identifier(spki_of(root_key_.get())),
                               soft_subject_key_identifier(spki_of(key_.get())),
                               soft_key_usage(how.key_usage), policies_extension(how.policies),
                               how.ca ? last_authority() : soft_basic_constraints(false)});
    if (!constraints.empty())
        append(extensions, ByteView(soft_extension("2.5.29.30", true, constraints)));
    certificate_ = soft_certificate({.issuer = soft_name(issuer_name),
                                     .subject = named(how.organization, "", "Example EUM CA"),
                                     .spki = spki_of(key_.get()),
                                     .extensions = std::move(extensions),
                                     .not_before = from,
                                     .not_after = instant_of(how.until)},
                                    root_key_.get());
}

Bytes SoftEum::certify(ByteView spki, const std::string& eid,
                       const SoftEuiccCertificate& how) const {
    const std::string number = how.has_eid ? how.eid.value_or(eid) : "";
    Bytes extensions;
    if (how.names_issuer_key)
        append(extensions, ByteView(soft_authority_key_identifier(spki_of(key_.get()))));
    append(extensions, ByteView(soft_subject_key_identifier(spki)));
    append(extensions, ByteView(how.key_usage));
    append(extensions, ByteView(policies_extension(how.policies)));
    if (how.ca) append(extensions, ByteView(last_authority()));
    append(extensions, ByteView(how.more_extensions));
    const PkeyPtr other = how.another_eum_signs ? soft_p256_key() : nullptr;
    return soft_certificate(
        {.issuer = how.issuer.value_or(named("Example EUM", "", "Example EUM CA")),
         .subject = named(how.organization, number, "Example eUICC"),
         .spki = to_bytes(spki),
         .extensions = std::move(extensions),
         .not_before = from,
         .not_after = instant_of(how.until)},
        other ? other.get() : key_.get());
}

SoftEuicc::SoftEuicc(const SoftEum& maker, const std::string& eid)
    : key_(soft_p256_key()), certificate_(maker.certify(spki_of(key_.get()), eid)) {}

SoftEuicc::SoftEuicc(PkeyPtr key, Bytes certificate)
    : key_(std::move(key)), certificate_(std::move(certificate)) {}

SoftEuiccEvidence SoftEuicc::authenticate(ByteView server_challenge,
                                          const SoftEuiccReport& how) const {
    const std::vector<Bytes> fields{
        der(tag::context(0, false), how.transaction),
        der(tag::context(3, false), as_bytes(how.server)),
        der(tag::context(4, false), how.challenge.value_or(to_bytes(server_challenge))),
        info_of(how), context_of(how)};
    Bytes content;
    for (std::size_t i = 0; i < std::min(how.fields, fields.size()); ++i)
        append(content, ByteView(fields[i]));
    append(content, ByteView(how.behind_fields));
    const Bytes statement = concat({der(tag::sequence, content), how.behind_statement});
    const PkeyPtr other = how.another_key_signs ? soft_p256_key() : nullptr;
    const Bytes signature = sign_sha256(other ? other.get() : key_.get(), statement);
    return {
        .statement = statement,
        .signature = how.signature_in_der ? signature : ecdsa_raw_from_der(signature, 32).value()};
}

}  // namespace hallmark
