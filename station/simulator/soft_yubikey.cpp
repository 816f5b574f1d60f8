#include "station/simulator/soft_yubikey.h"

#include "ca/crypto/der.h"

namespace hallmark {
namespace {

constexpr std::string_view root_name = "Yubico PIV Root CA Serial 263751";
constexpr std::string_view f9_name = "Yubico PIV Attestation";
// Yubico's arc for what PIV attestation says, 1.3.6.1.4.1.41482.3.
constexpr std::string_view firmware_oid = "1.3.6.1.4.1.41482.3.3",
                           serial_oid = "1.3.6.1.4.1.41482.3.7",
                           policies_oid = "1.3.6.1.4.1.41482.3.8",
                           form_factor_oid = "1.3.6.1.4.1.41482.3.9";
const Bytes factory_firmware{5, 4, 3};

// As real units have them: f9's and a slot's validity are those of the factory, not of the moment.
const Instant from = from_rfc3339("2016-03-14T00:00:00Z").value();
const Instant until = from_rfc3339("2049-04-17T00:00:00Z").value();

/// CA with path length 0, critical.
Bytes last_authority() {
    return soft_extension("2.5.29.19", true, der_sequence({der_boolean(true), der_integer(0)}));
}

}  // namespace

SoftYubico::SoftYubico()
    : key_(soft_p256_key()),
      root_(soft_ca_certificate(root_name, root_name, key_.get(), key_.get())) {}

Bytes SoftYubico::certify_f9(ByteView spki, std::string_view name) const {
    return soft_certificate(
        {.issuer = soft_name(root_name),
         .subject = soft_name(name),
         .spki = to_bytes(spki),
         .extensions =
             concat({soft_extension(firmware_oid, false, factory_firmware), last_authority()}),
         .not_before = from,
         .not_after = until},
        key_.get());
}

SoftYubikey::SoftYubikey(const SoftYubico& maker, std::uint32_t serial)
    : serial_(serial),
      f9_(soft_p256_key()),
      f9_certificate_(maker.certify_f9(spki_of(f9_.get()))) {}

SoftYubikey::SoftYubikey(std::uint32_t serial, PkeyPtr f9, Bytes f9_certificate)
    : serial_(serial), f9_(std::move(f9)), f9_certificate_(std::move(f9_certificate)) {}

Bytes SoftYubikey::attest(ByteView slot_spki, const SoftSlot& slot) const {
    Bytes extensions = concat({soft_extension(firmware_oid, false, slot.firmware),
                               soft_extension(serial_oid, false, der_integer(serial_)),
                               soft_extension(policies_oid, false, slot.policies)});
    if (slot.form_factor)
        append(extensions, soft_extension(form_factor_oid, false, *slot.form_factor));
    return soft_certificate({.issuer = soft_name(f9_name),
                             .subject = soft_name("YubiKey PIV Attestation " + slot.slot),
                             .spki = to_bytes(slot_spki),
                             .extensions = std::move(extensions),
                             .not_before = from,
                             .not_after = until},
                            f9_.get());
}

}  // namespace hallmark
