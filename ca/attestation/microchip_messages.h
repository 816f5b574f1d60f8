// The two messages that an ATECC508A or ATECC608 hashes and never shows: what GenKey makes of a
// public key (128 octets) and what Sign(Internal) signs (55 octets). Nothing in them is believed
// for standing there: both are made anew from what is known from elsewhere and the few fields that
// the chip alone knows, and compared octet by octet.
//
// Source: CryptoAuthLib, lib/host/atca_host.c (atcah_nonce, atcah_gen_key_msg,
// atcah_sign_internal_msg), and CryptoAuthTools, python/examples/key_attestation.py, which agree.
// SlotConfig, KeyConfig: as Microchip's middleware, Mbed's driver and quotations of the ATECC508A's
// data sheet (DS20005927A) have their bits; the sheet itself was not at hand. Within this
// room only.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/result.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace hallmark {

/// SN[0..8] of the configuration zone.
using AteccSerial = std::array<unsigned char, 9>;

/// As the evidence carries them, which must outlive this; of the right lengths once taken.
struct AteccMessages {
    ByteView rand_out;       ///< What Nonce answered: 32 octets.
    ByteView genkey;         ///< 128 octets
    ByteView sign_internal;  ///< 55 octets
};
/// Detail "member: ...".
[[nodiscard]] Result<AteccMessages> take_messages(const AteccMessages& octets);

/// What both messages must say beside what the chip alone knows.
struct AteccKnown {
    AteccSerial serial{};         ///< As the certificate names it.
    std::optional<Bytes> num_in;  ///< What Nonce was to be given, 20 octets; absent: nobody asked.
};

/// What the chip alone knows, and says of the slot that GenKey was used on.
struct AteccStatement {
    unsigned slot = 0;
    Bytes x, y;
    std::uint16_t slot_config = 0, key_config = 0;
    bool is_locked = false;
    unsigned signing_slot = 0;

    [[nodiscard]] bool is_private() const noexcept { return (key_config & 0x0001u) != 0; }
    [[nodiscard]] bool is_p256() const noexcept { return (key_config >> 2 & 7u) == 4; }
    [[nodiscard]] bool is_secret() const noexcept {
        return (slot_config & 0x0080u) != 0 && (slot_config & 0x0040u) == 0;
    }
    /// It signs what it is given, and may be asked for a signature in a handshake.
    [[nodiscard]] bool signs_messages() const noexcept { return (slot_config & 0x0001u) != 0; }
    [[nodiscard]] bool takes_imports() const noexcept { return (slot_config & 0x4000u) != 0; }
    [[nodiscard]] bool is_replaceable() const noexcept {
        return (slot_config & 0x2000u) != 0 && !is_locked;
    }
};

/// The serial number that the Sign(Internal) message spells, in its own order there.
[[nodiscard]] AteccSerial serial_in(const AteccMessages& messages);

/// Both messages, each octet accounted for: a random nonce from `num_in`, GenKey's digest of a
/// slot's private key (mode 08), Sign(Internal) with the whole serial number (mode 40) over that
/// and nothing else. Reason: evidence_not_accepted, detail "nonce: ...", "genkey: ..." or
/// "sign_internal: ...".
[[nodiscard]] Result<AteccStatement> read_statement(const AteccMessages& messages,
                                                    const AteccKnown& known);

}  // namespace hallmark
