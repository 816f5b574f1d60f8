#include "station/simulator/soft_tng.h"

#include "ca/crypto/certificate.h"
#include "ca/crypto/der.h"
#include "ca/crypto/hash.h"

#include <stdexcept>

namespace hallmark {
namespace {

constexpr std::string_view organization = "Microchip Technology Inc";
const std::string root_name = "Crypto Authentication Root CA 002";
const std::string signer_name = "Crypto Authentication Signer 2C60";
const Instant authority_from = from_rfc3339("2018-12-14T19:00:00Z").value();
constexpr int signer_years = 31, root_years = 40;

Bytes name_of_part(std::string_view cn) {
    const auto rdn = [](std::string_view type, std::string_view text) {
        return der_set_of({der_sequence({der_oid(type), der_utf8(text)})});
    };
    return der_sequence({rdn("2.5.4.10", organization), rdn("2.5.4.3", cn)});
}

std::string big_hex(ByteView octets) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text;
    for (const unsigned char octet : octets) {
        text.push_back(digits[octet >> 4]);
        text.push_back(digits[octet & 0x0F]);
    }
    return text;
}

std::chrono::year_month_day day_of(Instant instant) {
    return std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(instant));
}

unsigned hour_of(Instant instant) {
    const auto since_midnight = instant - std::chrono::floor<std::chrono::days>(instant);
    return static_cast<unsigned>(
        std::chrono::duration_cast<std::chrono::hours>(since_midnight).count());
}

Instant years_after(Instant from, int years) {
    if (years == 0) return no_expiry();
    const auto day = day_of(from);
    return Instant(std::chrono::sys_days((day.year() + std::chrono::years(years)) / day.month() /
                                         day.day())) +
           std::chrono::hours(hour_of(from));
}

/// 5 bits year from 2000, 4 month, 5 day, 5 hour, 5 years that it lasts.
Bytes encoded_dates(Instant from, int years) {
    const auto day = day_of(from);
    const auto year = static_cast<unsigned>(static_cast<int>(day.year()) - 2000);
    const unsigned bits = year << 19 | static_cast<unsigned>(day.month()) << 15 |
                          static_cast<unsigned>(day.day()) << 10 | hour_of(from) << 5 |
                          (static_cast<unsigned>(years) & 0x1F);
    return {static_cast<unsigned char>(bits >> 16), static_cast<unsigned char>(bits >> 8),
            static_cast<unsigned char>(bits)};
}

Bytes hashed_serial(ByteView source, const Bytes& dates) {
    const Digest digest = sha256(concat({source, dates}));
    Bytes serial(digest.begin(), digest.begin() + 16);
    serial[0] = static_cast<unsigned char>((serial[0] & 0x3F) | 0x40);  // Positive, never shorter.
    return serial;
}

Bytes generalized(Instant instant) {
    std::string text;
    for (const char c : to_rfc3339(instant)) {
        if (c >= '0' && c <= '9') text.push_back(c);
    }
    return der(tag::generalized_time, as_bytes(text + "Z"));
}

Bytes identifier_of(ByteView spki) {
    return hash(HashAlgorithm::sha1, concat({Bytes{0x04}, soft_point(spki)}));
}

Bytes constraints(ByteView content) {
    return soft_extension("2.5.29.19", true, der(tag::sequence, content));
}
/// The last three bits are never used.
Bytes usage(unsigned char bits, unsigned char unused) {
    return soft_extension("2.5.29.15", true, der(tag::bit_string, Bytes{unused, bits}));
}

struct Paper {
    std::string issuer, subject;
    Bytes serial;
    Instant from, until;
    Bytes spki, issuer_spki;
    Bytes extensions;  ///< Before the key identifiers.
};

Bytes write(const Paper& paper, EVP_PKEY* issuer_key) {
    const Bytes identifiers = concat(
        {soft_extension("2.5.29.14", false, der_octet_string(identifier_of(paper.spki))),
         soft_extension(
             "2.5.29.35", false,
             der_sequence({der(tag::context(0, false), identifier_of(paper.issuer_spki))}))});
    const Bytes body = der_sequence(
        {der(tag::context(0, true), der_integer(2)), der(tag::integer, paper.serial),
         soft_ecdsa_with_sha256(), name_of_part(paper.issuer),
         der_sequence({der_time(paper.from), generalized(paper.until)}),
         name_of_part(paper.subject), paper.spki,
         der(tag::context(3, true), der(tag::sequence, concat({paper.extensions, identifiers})))});
    return der_sequence(
        {body, soft_ecdsa_with_sha256(), der_bit_string(sign_sha256(issuer_key, body))});
}

}  // namespace

SoftMicrochip::SoftMicrochip() : root_key_(soft_p256_key()), signer_key_(soft_p256_key()) {
    const Bytes root_spki = spki_of(root_key_.get()), signer_spki = spki_of(signer_key_.get());
    root_ = write({.issuer = root_name,
                   .subject = root_name,
                   .serial = hashed_serial(soft_point(root_spki), {}),
                   .from = authority_from,
                   .until = years_after(authority_from, root_years),
                   .spki = root_spki,
                   .issuer_spki = root_spki,
                   .extensions = constraints(der_boolean(true))},
                  root_key_.get());
    signer_ = write(
        {.issuer = root_name,
         .subject = signer_name,
         .serial =
             hashed_serial(soft_point(signer_spki), encoded_dates(authority_from, signer_years)),
         .from = authority_from,
         .until = years_after(authority_from, signer_years),
         .spki = signer_spki,
         .issuer_spki = root_spki,
         .extensions =
             concat({usage(0x86, 1), constraints(concat({der_boolean(true), der_integer(0)}))})},
        root_key_.get());
}

Bytes SoftMicrochip::certify(ByteView spki, ByteView serial,
                             const SoftDeviceCertificate& how) const {
    Bytes extensions;
    if (how.eui48) {
        const Bytes attribute =
            der_sequence({der_oid("2.5.4.5"), der_printable("eui48_" + *how.eui48)});
        append(extensions, ByteView(soft_extension(
                               "2.5.29.17", false,
                               der_sequence({der(tag::context(4, true),
                                                 der_sequence({der_set_of({attribute})}))}))));
    }
    append(extensions, ByteView(constraints(how.is_authority ? der_boolean(true) : Bytes())));
    append(extensions, ByteView(usage(how.key_usage, 3)));
    const Bytes source = how.serial_of_serial_number ? to_bytes(serial) : soft_point(spki);
    return write({.issuer = signer_name,
                  .subject = how.before + big_hex(serial) + how.after,
                  .serial = hashed_serial(source, encoded_dates(how.from, how.years)),
                  .from = how.from,
                  .until = years_after(how.from, how.years),
                  .spki = to_bytes(spki),
                  .issuer_spki = spki_of(signer_key_.get()),
                  .extensions = extensions},
                 signer_key_.get());
}

Bytes soft_compress(ByteView certificate_der, const SoftCompression& how) {
    const auto certificate = parse_certificate(certificate_der);
    if (!certificate) throw std::logic_error("no certificate to compress");
    const auto raw = ecdsa_raw_from_der(certificate->signature, 32);
    if (!raw) throw std::logic_error("no ECDSA signature to compress");
    const bool has_end = certificate->not_after != no_expiry();
    const int years = has_end ? static_cast<int>(day_of(certificate->not_after).year()) -
                                    static_cast<int>(day_of(certificate->not_before).year())
                              : 0;
    Bytes octets = *raw;
    append(octets, ByteView(encoded_dates(certificate->not_before, years)));
    append(octets, Bytes{static_cast<unsigned char>(how.signer_id >> 8),
                         static_cast<unsigned char>(how.signer_id),
                         static_cast<unsigned char>(how.template_id << 4 | how.chain_id),
                         static_cast<unsigned char>(how.serial_source << 4), 0x00});
    return octets;
}

Bytes soft_point(ByteView spki) {
    // The point is the end of the SubjectPublicKeyInfo, behind the 04 of the uncompressed form.
    return to_bytes(spki.last(64));
}

}  // namespace hallmark
