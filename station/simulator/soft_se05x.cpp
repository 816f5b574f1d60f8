#include "station/simulator/soft_se05x.h"

#include "ca/crypto/der.h"
#include "ca/crypto/hash.h"

#include <algorithm>
#include <cctype>

namespace hallmark {
namespace {

constexpr std::string_view authority = "NXP Intermediate-AttestationCAvE206";
constexpr std::uint32_t attestation_key_id = 0xF0000012;
const Instant from = from_rfc3339("2023-12-01T00:00:00Z").value();
const Instant until = from_rfc3339("2035-11-28T00:00:00Z").value();

Bytes attribute(std::string_view type, std::string_view value) {
    return der_set_of({der_sequence({der_oid(type), der_utf8(value)})});
}

/// OU, O and CN, as all of NXP's have it.
Bytes nxp_name(std::string_view cn) {
    return der_sequence({attribute("2.5.4.11", "Plug and Trust"), attribute("2.5.4.10", "NXP"),
                         attribute("2.5.4.3", cn)});
}

Bytes big_endian(std::uint32_t number) {
    return {static_cast<unsigned char>(number >> 24), static_cast<unsigned char>(number >> 16),
            static_cast<unsigned char>(number >> 8), static_cast<unsigned char>(number)};
}

Bytes short_field(unsigned char tag, ByteView value) {
    return concat({Bytes{tag, static_cast<unsigned char>(value.size())}, value});
}

/// Responses have every length in three octets.
Bytes long_field(unsigned char tag, ByteView value) {
    return concat({Bytes{tag, 0x82, static_cast<unsigned char>(value.size() >> 8),
                         static_cast<unsigned char>(value.size())},
                   value});
}

Bytes command_of(ByteView random, const SoftAttestedRead& how) {
    const Bytes body = concat({short_field(0x41, big_endian(how.object)),
                               short_field(0x45, big_endian(attestation_key_id)),
                               short_field(0x46, Bytes{how.algorithm}), short_field(0x47, random),
                               how.behind_random});
    return concat(
        {Bytes{0x80, 0x22, 0x00, 0x00, 0x00, 0x00, static_cast<unsigned char>(body.size())}, body});
}

Bytes attributes_of(unsigned char type, const SoftAttestedRead& how) {
    Bytes octets = concat({big_endian(how.object_in_attributes.value_or(how.object)),
                           Bytes{how.type.value_or(type), how.authentication, 0, 0}, big_endian(0),
                           Bytes{0, 0}});
    for (const SoftAccess& policy : how.policies)
        append(octets, concat({Bytes{8}, big_endian(policy.who), big_endian(policy.rights)}));
    append(octets, ByteView(how.behind_policies));
    octets.push_back(how.origin);
    if (how.applet.front() >= 6) append(octets, big_endian(0));  // The object's version.
    return octets;
}

}  // namespace

SoftNxp::SoftNxp() : key_(soft_p256_key()) {
    constexpr unsigned key_cert_sign = 5;
    root_ = soft_certificate(
        {.issuer = nxp_name("NXP RootCAvE506"),
         .subject = nxp_name(authority),
         .spki = spki_of(key_.get()),
         .extensions = concat({soft_basic_constraints(true), soft_key_usage(key_cert_sign)}),
         .not_before = from_rfc3339("2019-04-25T14:10:21Z").value(),
         .not_after = from_rfc3339("2034-04-25T14:10:21Z").value()},
        soft_p256_key().get());
}

Bytes SoftNxp::certify(ByteView spki, std::string_view name, ByteView extensions) const {
    // Neither is critical in a real one.
    const Bytes usual =
        concat({soft_extension("2.5.29.19", false, der_sequence({})),
                soft_extension("2.5.29.15", false, der_named_bits(0b1'0000'0000, 9))});
    return soft_certificate({.issuer = nxp_name(authority),
                             .subject = nxp_name(name),
                             .spki = to_bytes(spki),
                             .extensions = extensions.empty() ? usual : to_bytes(extensions),
                             .not_before = from,
                             .not_after = until},
                            key_.get());
}

SoftSe05x::SoftSe05x(const SoftNxp& maker)
    : chip_(concat({Bytes{0x04, 0x00, 0x50, 0x01}, random_bytes(14)})),
      key_(soft_p256_key()),
      certificate_(maker.certify(spki_of(key_.get()), "Attest-" + serial(chip_))) {}

SoftSe05x::SoftSe05x(Bytes chip, PkeyPtr attestation_key, Bytes certificate)
    : chip_(std::move(chip)),
      key_(std::move(attestation_key)),
      certificate_(std::move(certificate)) {}

std::string SoftSe05x::serial(ByteView chip) {
    std::string text = to_hex(chip);
    for (char& c : text)
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
}

SoftApdus SoftSe05x::attest(ByteView spki, ByteView nonce, const SoftAttestedRead& how) const {
    constexpr std::size_t point_p256 = 65, point_p384 = 97, spki_p384 = 120;
    const bool wide = spki.size() == spki_p384;
    const ByteView point = spki.last(wide ? point_p384 : point_p256);
    const ByteView random = nonce.first(std::min<std::size_t>(16, nonce.size()));
    const bool old = how.applet < Bytes{7, 2, 0};
    const unsigned char typed = wide ? 0x2D : 0x29;
    const Bytes data = how.data.value_or(to_bytes(point));
    const Bytes attributes = attributes_of(old ? 0x01 : typed, how);
    const Bytes time{0, 0, 0, 0x28, 0, 0, 0, 0, 0, 0x1B, 0x6F, 0x70};
    const Bytes chip = how.chip.value_or(chip_);
    const Bytes echoed = how.random_in_response.value_or(to_bytes(random));

    SoftApdus apdus{.command = command_of(random, how), .response = {}};
    Bytes tbs;
    if (old) {
        tbs = concat({data, attributes, time, echoed, chip});
        apdus.response =
            concat({long_field(0x41, data), long_field(0x42, attributes), long_field(0x43, time),
                    long_field(0x44, echoed), long_field(0x45, chip)});
    } else {
        const Bytes size{0, static_cast<unsigned char>(wide ? 48 : 32)};
        apdus.response =
            concat({long_field(0x41, data), long_field(0x42, chip), long_field(0x43, attributes),
                    long_field(0x44, size), long_field(0x4F, time)});
        // Signed as they are sent, behind the command's digest.
        tbs = concat({sha256(apdus.command), apdus.response});
    }
    const PkeyPtr other = how.another_key_signs ? soft_p256_key() : nullptr;
    append(apdus.response,
           long_field(old ? 0x46 : 0x52, sign_sha256(other ? other.get() : key_.get(), tbs)));
    append(apdus.response, Bytes{0x90, 0x00});
    return apdus;
}

}  // namespace hallmark
