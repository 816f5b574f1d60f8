// Microchip's compressed certificates: of each certificate an element keeps 72 octets, and whoever
// wants it whole rebuilds it from its template, the public key and its issuer. What is rebuilt is
// worth no more than its signature, which is judged with the chain; a template that was not the
// maker's gives a certificate that nobody signed.
//
// Source: CryptoAuthLib, lib/atcacert (atcacert_date.c, atcacert_def.h: fields, dates, serial
// numbers) and app/tng (templates 1, 2 and 3 of the TNG and TrustFLEX parts); checked against a
// real signer's and a real device's certificate, octet by octet. Not taken: format versions 1 and
// 2, whose dates have more bits, and serial numbers that an element keeps beside. Within this room
// only.
#pragma once

#include "ca/attestation/microchip_messages.h"
#include "ca/crypto/certificate.h"

namespace hallmark {

/// The 72 octets, taken apart.
struct CompressedCertificate {
    Bytes signature;                       ///< r || s
    std::array<unsigned char, 3> dates{};  ///< As they stand: serial numbers are made with them.
    Instant not_before;
    Instant not_after;
    std::uint16_t signer_id = 0;
    unsigned template_id = 0;
    unsigned serial_source = 0;
};

/// Exactly 72 octets of format version 0. Reason: evidence_not_accepted, detail "compressed: ...".
[[nodiscard]] Result<CompressedCertificate> parse_compressed(ByteView octets);

/// What makes one certificate out of 72 octets, beside its template.
struct CompressedParts {
    const CompressedCertificate& compressed;
    ByteView point;             ///< X || Y, 64 octets.
    const Certificate& issuer;  ///< Gives its name, its organization and its key's identifier.
};

/// A signer's, template 1: an authority with path length 0, named after its two octets of signer
/// id. Detail "compressed: ...".
[[nodiscard]] Result<Bytes> rebuild_signer(const CompressedParts& parts);

/// How a device's certificate names its element.
struct DeviceName {
    AteccSerial serial{};
    std::string_view before, after;  ///< In the common name, around the serial number.
    std::optional<Bytes> eui48;  ///< Twelve hexadecimal digits, where the subjectAltName has them.
};
/// A device's, templates 2 and 3 and those that follow them in all but the common name.
[[nodiscard]] Result<Bytes> rebuild_device(const CompressedParts& parts, const DeviceName& name);

}  // namespace hallmark
