#include "ca/attestation/microchip_compressed.h"

#include "ca/attestation/certificate_words.h"
#include "ca/attestation/members.h"
#include "ca/crypto/der.h"

#include <algorithm>
#include <chrono>

namespace hallmark {
namespace {

constexpr std::size_t compressed_octets = 72, signature_octets = 64, point_octets = 64,
                      serial_octets = 16, eui48_digits = 12;
constexpr unsigned from_public_key = 0xA, from_device_serial = 0xB;
constexpr std::string_view common_name = "2.5.4.3", serial_number = "2.5.4.5";  // RFC 5280 A.1
constexpr std::string_view signer_name = "Crypto Authentication Signer ";

Refusal refused(std::string_view what) {
    return evidence_refused("compressed", what);
}

/// | year 5 | month 4 | day 5 | hour 5 | years 5 |, from 2000 on; no years: for ever.
bool read_dates(CompressedCertificate& into) {
    namespace chrono = std::chrono;
    const std::array<unsigned char, 3>& octets = into.dates;
    const unsigned bits =
        static_cast<unsigned>(octets[0]) << 16 | static_cast<unsigned>(octets[1]) << 8 | octets[2];
    const auto year = chrono::year(static_cast<int>(2000 + (bits >> 19)));
    const chrono::month month(bits >> 15 & 0x0Fu);
    const chrono::day day(bits >> 10 & 0x1Fu);
    const unsigned hour = bits >> 5 & 0x1Fu, years = bits & 0x1Fu;
    const chrono::year_month_day from = year / month / day;
    const chrono::year_month_day until = (year + chrono::years(years)) / month / day;
    if (!from.ok() || !until.ok() || hour > 23) return false;
    into.not_before = chrono::sys_days(from) + chrono::hours(hour);
    into.not_after = chrono::sys_days(until) + chrono::hours(hour);
    if (years == 0) into.not_after = no_expiry();
    return true;
}

/// The templates have the end as GeneralizedTime always, before 2050 too.
Bytes end_of_validity(Instant instant) {
    std::string text;
    for (const char c : to_rfc3339(instant)) {
        if (c >= '0' && c <= '9') text.push_back(c);
    }
    text.resize(14);  // YYYYMMDDHHMMSS
    return der(tag::generalized_time, as_bytes(text + "Z"));
}

Result<Bytes> serial_of(const CompressedParts& parts, const AteccSerial* device) {
    Bytes source;
    if (parts.compressed.serial_source == from_public_key) {
        source = to_bytes(parts.point);
    } else if (parts.compressed.serial_source == from_device_serial && device != nullptr) {
        source = to_bytes(ByteView(*device));
    } else {
        return refused("its serial number is not made of what it carries");
    }
    append(source, parts.compressed.dates);
    Bytes serial = to_bytes(ByteView(sha256(source)).first(serial_octets));
    serial[0] = static_cast<unsigned char>((serial[0] & 0x7Fu) | 0x40u);
    return serial;
}

/// The issuer's name with another common name, which is the last of it.
Result<Bytes> name_beside(const Certificate& issuer, std::string_view cn) {
    const auto name = parse_name(issuer.subject);
    if (!name || name->empty() || name->back().size() != 1 ||
        name->back().front().type != common_name) {
        return refused("its issuer's name does not end in a common name");
    }
    Bytes content;
    DerReader rdns(sole_element(issuer.subject, tag::sequence)->content);
    for (std::size_t i = 0; i + 1 < name->size(); ++i)
        append(content, rdns.any()->whole);
    append(content, der_set_of({der_sequence({der_oid(common_name), der_utf8(cn)})}));
    return der(tag::sequence, content);
}

Bytes extension(std::string_view oid, ByteView value) {
    return der_sequence({der_oid(oid), der_octet_string(value)});
}
Bytes critical_extension(std::string_view oid, ByteView value) {
    return der_sequence({der_oid(oid), der_boolean(true), der_octet_string(value)});
}

Bytes key_usage(std::uint32_t bits) {
    return critical_extension("2.5.29.15", der_named_bits(bits, 9));
}

/// SHA-1 of the point (RFC 5280 4.2.1.2, method 1), and the issuer's as its certificate has it.
Result<Bytes> key_identifiers(const CompressedParts& parts, const PublicKey& key) {
    const auto authority = parts.issuer.subject_key_identifier();
    if (!authority) return refused("its issuer has no key identifier");
    return concat(
        {extension("2.5.29.14", der_octet_string(key_identifier(key))),
         extension("2.5.29.35", der_sequence({der(tag::context(0, false), *authority)}))});
}

/// What differs between the templates.
struct Filling {
    Bytes serial, subject;
    Bytes extensions;  ///< Before the key identifiers.
};

Result<Bytes> fill(const CompressedParts& parts, const Filling& filling) {
    if (parts.point.size() != point_octets) return refused("its key has not 64 octets");
    const auto key =
        ec_public_key(KeyAlgorithm::ec_p256, parts.point.first(32), parts.point.subspan(32));
    if (!key) return refused("its key is no point of P-256");
    HALLMARK_TRY(identifiers, key_identifiers(parts, *key));
    const Bytes algorithm = algorithm_identifier(SignatureAlgorithm::ecdsa_sha256);
    const CompressedCertificate& compressed = parts.compressed;
    const Bytes tbs = der_sequence(
        {der(tag::context(0, true), der_integer(2)), der_unsigned(filling.serial), algorithm,
         parts.issuer.subject,
         der_sequence({der_time(compressed.not_before), end_of_validity(compressed.not_after)}),
         filling.subject, key->spki(),
         der(tag::context(3, true),
             der(tag::sequence, concat({filling.extensions, identifiers})))});
    return der_sequence({tbs, algorithm, der_bit_string(ecdsa_der_from_raw(compressed.signature))});
}

/// GeneralNames of one directoryName of one serialNumber. The underscore is none of
/// PrintableString's characters and stands in the makers' certificates all the same.
Bytes alternative_name(ByteView digits) {
    const Bytes attribute = der_sequence(
        {der_oid(serial_number), der_printable("eui48_" + std::string(as_text(digits)))});
    const Bytes name = der_sequence({der_set_of({attribute})});
    return extension("2.5.29.17", der_sequence({der(tag::context(4, true), name)}));
}

bool are_digits(ByteView octets) {
    return octets.size() == eui48_digits &&
           std::all_of(octets.begin(), octets.end(), [](unsigned char c) {
               return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
           });
}

}  // namespace

Result<CompressedCertificate> parse_compressed(ByteView octets) {
    if (octets.size() != compressed_octets)
        return refused("has " + std::to_string(octets.size()) + " octets");
    if ((octets[70] & 0x0Fu) != 0) return refused("not of format version 0");
    if (octets[71] != 0) return refused("its last octet is not zero");
    CompressedCertificate read;
    read.signature = to_bytes(octets.first(signature_octets));
    std::copy_n(octets.begin() + 64, read.dates.size(), read.dates.begin());
    read.signer_id = static_cast<std::uint16_t>(octets[67] << 8 | octets[68]);
    read.template_id = octets[69] >> 4;
    read.serial_source = octets[70] >> 4;
    // The low half of octet 69 numbers the chain, and nothing in a certificate is made of it.
    if (!read_dates(read)) return refused("its dates are none");
    return read;
}

Result<Bytes> rebuild_signer(const CompressedParts& parts) {
    if (parts.compressed.template_id != 1) return refused("not of a signer's template");
    const std::array<unsigned char, 2> id{
        static_cast<unsigned char>(parts.compressed.signer_id >> 8),
        static_cast<unsigned char>(parts.compressed.signer_id & 0xFFu)};
    HALLMARK_TRY(serial, serial_of(parts, nullptr));
    HALLMARK_TRY(subject, name_beside(parts.issuer, std::string(signer_name) + upper_hex(id)));
    return fill(
        parts, {.serial = serial,
                .subject = subject,
                .extensions =
                    concat({key_usage(0b100001100),  // digitalSignature, keyCertSign, cRLSign
                            critical_extension(
                                "2.5.29.19", der_sequence({der_boolean(true), der_integer(0)}))})});
}

Result<Bytes> rebuild_device(const CompressedParts& parts, const DeviceName& name) {
    const auto signer = parse_name(parts.issuer.subject);
    const std::array<unsigned char, 2> id{
        static_cast<unsigned char>(parts.compressed.signer_id >> 8),
        static_cast<unsigned char>(parts.compressed.signer_id & 0xFFu)};
    // The template's hole in the issuer's name is filled with the signer's id.
    if (!signer || signer->empty() || !signer->back().front().value.ends_with(upper_hex(id)))
        return refused("of another signer than the one above it");
    HALLMARK_TRY(serial, serial_of(parts, &name.serial));
    HALLMARK_TRY(subject,
                 name_beside(parts.issuer, std::string(name.before) + upper_hex(name.serial) +
                                               std::string(name.after)));
    Bytes extensions;
    if (name.eui48) {
        if (!are_digits(*name.eui48)) return refused("its EUI-48 is not twelve digits");
        append(extensions, ByteView(alternative_name(*name.eui48)));
    }
    append(extensions, critical_extension("2.5.29.19", der_sequence({})));
    append(extensions, key_usage(0b100010000));  // digitalSignature, keyAgreement
    return fill(parts, {.serial = serial, .subject = subject, .extensions = extensions});
}

}  // namespace hallmark
