// Microchip's certificates for CryptoAuthentication parts, as its TNG and TrustFLEX parts carry
// them (CryptoAuthLib, app/tng): a root without key usage, a signer, devices named after their
// serial numbers; whole, and as the 72 octets that a part keeps of one. Honest in bytes and in
// nothing else: its root is nobody's.
#pragma once

#include "station/simulator/soft_x509.h"

#include <cstdint>
#include <optional>
#include <string>

namespace hallmark {

/// How a device's certificate is written; the defaults are those of an attestation slot's.
struct SoftDeviceCertificate {
    std::string before = "sn", after = " internal sign";  ///< Around the serial number.
    std::optional<std::string> eui48 = {};                ///< Twelve hexadecimal digits.
    Instant from = from_rfc3339("2024-02-03T04:00:00Z").value();
    int years = 28;                        ///< 0: without an end.
    bool serial_of_serial_number = false;  ///< Made with the part's serial number, not its key.
    unsigned char key_usage = 0x88;        ///< digitalSignature and keyAgreement.
    bool is_authority = false;
};

class SoftMicrochip {
public:
    SoftMicrochip();
    [[nodiscard]] const Bytes& root() const noexcept { return root_; }
    [[nodiscard]] const Bytes& signer() const noexcept { return signer_; }
    [[nodiscard]] Bytes certify(ByteView spki, ByteView serial,
                                const SoftDeviceCertificate& how = {}) const;

private:
    PkeyPtr root_key_, signer_key_;
    Bytes root_, signer_;
};

/// What is in the 72 octets and not in the certificate.
struct SoftCompression {
    std::uint16_t signer_id = 0x2C60;
    unsigned template_id = 4;
    unsigned chain_id = 0;
    unsigned serial_source = 0xA;  ///< 0xB: made with the part's serial number.
};
/// Throws std::logic_error for what is no certificate.
[[nodiscard]] Bytes soft_compress(ByteView certificate_der, const SoftCompression& how = {});

/// X || Y of a P-256 key.
[[nodiscard]] Bytes soft_point(ByteView spki);

}  // namespace hallmark
