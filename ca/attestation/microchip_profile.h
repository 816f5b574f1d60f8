// What an ATECC608 cannot say of itself. Sign(Internal) reports how the attested slot is
// configured, but not the slot that signs: were that one free to sign what it is given, all 55
// octets could be somebody's invention. Whoever configured the part and certified that slot's key
// has to vouch for it, and a profile says how to know that he did.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hallmark {

/// A slot that may hold an attested key, in the words of the configuration zone.
struct AteccSlot {
    unsigned number = 0;
    std::uint16_t slot_config = 0;
    std::uint16_t key_config = 0;
};

/// One kind of part, and the kind of certificate that is given to its attestation slot and to no
/// other key: one whose common name is "sn", the serial number, and this behind it.
struct AteccProfile {
    std::string name;
    std::string certificate_suffix;    ///< Never empty, and never " ATECC": those are of slot 0.
    unsigned compressed_template = 0;  ///< 4 to 15: 1 to 3 are the TNG parts'.
    unsigned attestation_slot = 0;
    bool is_internal_only = false;  ///< SlotConfig.ReadKey: internal signatures, no external ones.
    /// Those whose keys the part makes itself, before and after it left its provisioner.
    std::vector<AteccSlot> attested;
};

/// "trustflex": the slots of the ATECC608A/B TNGTLS and TFLXTLS, which are alike in them. Slot 1 is
/// what Microchip calls the internal sign private key; a certificate of it is named "sn0123...01
/// internal sign". Attested are the primary key (slot 0) and the three secondary ones (2 to 4).
[[nodiscard]] std::vector<AteccProfile> known_profiles();

}  // namespace hallmark
