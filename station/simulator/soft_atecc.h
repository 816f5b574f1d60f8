// An ATECC608 in memory, as far as it attests keys: Nonce, GenKey and Sign(Internal) as
// CryptoAuthLib's host side computes them, over slots configured as the TrustFLEX parts' are. The
// attestation slot of a real part signs nothing else; this one signs whatever its caller makes up.
#pragma once

#include "station/simulator/soft_tng.h"

#include <cstdint>
#include <map>
#include <optional>

namespace hallmark {

/// How a statement is made; the defaults are true. Each member is one way to lie, or a part that is
/// configured otherwise.
struct SoftAteccTelling {
    unsigned slot = 2, signing_slot = 1;
    std::uint16_t slot_config = 0x2085, key_config = 0x0073;  ///< Of `slot`.
    bool is_locked = true;
    unsigned char nonce_mode = 0x00;
    bool gives_nonce = false;      ///< Nonce in pass-through mode: TempKey is what the host says.
    bool is_unconfigured = false;  ///< The generator answers what it does before all is locked.
    unsigned char genkey_mode = 0x08, sign_mode = 0x40;
    /// GenKey in mode 10: the key lies as a public one in this slot, and mode and slot in GenKey's
    /// message are the caller's OtherData, taken from `genkey_mode` and `slot`.
    std::optional<unsigned> public_key_slot = {};
    bool whole_serial = true;
    bool another_key_signs = false;
    /// What a slot that signs given digests lets anyone write: octets by their place.
    std::map<std::size_t, unsigned char> genkey_octets = {}, sign_octets = {};
};

/// What Nonce answered, what GenKey and Sign(Internal) hashed, and what the latter signed.
struct SoftAteccStatement {
    Bytes rand_out, genkey, sign_internal;
    Bytes signature;  ///< r || s
};

class SoftAtecc {
public:
    /// `serial`: SN[0..8].
    SoftAtecc(Bytes serial, PkeyPtr attestation_key)
        : serial_(std::move(serial)), key_(std::move(attestation_key)) {}

    [[nodiscard]] const Bytes& serial() const noexcept { return serial_; }
    [[nodiscard]] const PkeyPtr& attestation_key() const noexcept { return key_; }
    [[nodiscard]] SoftAteccStatement attest(ByteView spki, ByteView nonce,
                                            const SoftAteccTelling& how = {}) const;

private:
    Bytes serial_;
    PkeyPtr key_;
};

}  // namespace hallmark
