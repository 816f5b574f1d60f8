#include "server/ceremony_certificate.h"

#include "ca/crypto/der.h"
#include "ca/crypto/hash.h"

#include <algorithm>

namespace hallmark {
namespace {

constexpr std::size_t most_name_characters =
    64;  // RFC 5280 A.1: ub-common-name, ub-organization-name.

Bytes attribute(std::string_view type, const Bytes& value) {
    return der_set_of({der_sequence({der_oid(type), value})});
}

bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char letter) {
        return static_cast<unsigned char>(letter) >= 0x20 && letter != 0x7F;
    });
}

Bytes extension(std::string_view oid, bool critical, const Bytes& value) {
    // X.690 11.5: DEFAULT FALSE is left out.
    return critical ? der_sequence({der_oid(oid), der_boolean(true), der_octet_string(value)})
                    : der_sequence({der_oid(oid), der_octet_string(value)});
}

Bytes uri_name(std::string_view url) {
    return der(tag::context(6, false), as_bytes(url));
}

/// RFC 5280 4.2.1.13: one DistributionPoint, its fullName one URI.
Bytes distribution_points(std::string_view url) {
    const Bytes full_name = der(tag::context(0, true), uri_name(url));
    return der_sequence({der_sequence({der(tag::context(0, true), full_name)})});
}

/// RFC 5280 4.2.2.1
Bytes issuer_access(std::string_view url) {
    return der_sequence({der_sequence({der_oid("1.3.6.1.5.5.7.48.2"), uri_name(url)})});
}

Bytes extensions_of(const CaCertificate& certificate) {
    Bytes all;
    append(all, extension("2.5.29.19", true,
                          der_sequence({der_boolean(true), der_integer(certificate.path_length)})));
    // RFC 5280 4.2.1.3: bits 5 and 6 of 7, the first bit highest.
    append(all, extension("2.5.29.15", true, der_named_bits(0b0000011, 7)));
    append(all, extension("2.5.29.14", false, der_octet_string(key_identifier(certificate.key))));
    if (!certificate.authority_key_identifier.empty())
        append(all, extension("2.5.29.35", false,
                              der_sequence({der(tag::context(0, false),
                                                certificate.authority_key_identifier)})));
    if (!certificate.crl_url.empty())
        append(all, extension("2.5.29.31", false, distribution_points(certificate.crl_url)));
    if (!certificate.issuer_url.empty())
        append(all, extension("1.3.6.1.5.5.7.1.1", false, issuer_access(certificate.issuer_url)));
    return der(tag::context(3, true), der(tag::sequence, all));
}

}  // namespace

Result<Bytes> subject_name_der(const SubjectName& name) {
    const auto refuse = [](std::string detail) {
        return Refusal{Reason::malformed_request, std::move(detail)};
    };
    if (name.common_name.empty() || name.common_name.size() > most_name_characters ||
        !is_plain(name.common_name))
        return refuse(
            "the subject's common name has 1 to 64 characters, none of them a control character");
    if (name.organization.size() > most_name_characters || !is_plain(name.organization))
        return refuse(
            "the subject's organization has at most 64 characters, none of them a control "
            "character");
    const auto is_capital = [](char letter) { return letter >= 'A' && letter <= 'Z'; };
    if (!name.country.empty() &&
        (name.country.size() != 2 ||
         !std::all_of(name.country.begin(), name.country.end(), is_capital)))
        return refuse("the subject's country is two capital letters");
    Bytes rdns;
    if (!name.country.empty()) append(rdns, attribute("2.5.4.6", der_printable(name.country)));
    if (!name.organization.empty())
        append(rdns, attribute("2.5.4.10", der_utf8(name.organization)));
    append(rdns, attribute("2.5.4.3", der_utf8(name.common_name)));
    return der(tag::sequence, rdns);
}

Instant end_after_years(Instant not_before, int years) {
    const auto day = std::chrono::floor<std::chrono::days>(not_before);
    auto date = std::chrono::year_month_day(day) + std::chrono::years(years);
    if (!date.ok()) date = date.year() / date.month() / std::chrono::last;
    return std::chrono::sys_days(date) + (not_before - day) - std::chrono::seconds(1);
}

Bytes ca_tbs(const CaCertificate& certificate) {
    const Bytes version = der(tag::context(0, true), der_integer(2));
    return der_sequence(
        {version, der_unsigned(certificate.serial), algorithm_identifier(certificate.algorithm),
         certificate.issuer,
         der_sequence({der_time(certificate.not_before), der_time(certificate.not_after)}),
         certificate.subject, certificate.key.spki(), extensions_of(certificate)});
}

Bytes request_info(ByteView subject, const PublicKey& key) {
    return der_sequence({der_integer(0), subject, key.spki(), der(tag::context(0, true), {})});
}

Bytes signed_der(ByteView to_be_signed, SignatureAlgorithm algorithm, ByteView signature) {
    return der_sequence({to_be_signed, algorithm_identifier(algorithm), der_bit_string(signature)});
}

}  // namespace hallmark
