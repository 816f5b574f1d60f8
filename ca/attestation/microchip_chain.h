// The certificates that ATECC608 evidence shows, whole or compressed, and the name that a device's
// certificate gives its element. Within this room only.
#pragma once

#include "ca/attestation/microchip_messages.h"
#include "ca/attestation/microchip_profile.h"
#include "ca/attestation/verifier.h"

namespace hallmark {

/// Device, signer and others, as DER: what was compressed is rebuilt, the device with the serial
/// number that its statement spells. Detail "member: ...", "compressed: ..." or "chain: ...".
[[nodiscard]] Result<std::vector<Bytes>> shown_chain(const Evidence& evidence,
                                                     const AteccSerial& serial,
                                                     const VendorPin& pin,
                                                     const std::vector<AteccProfile>& profiles);

/// Whose key a device's certificate speaks of.
struct DeviceSlot {
    AteccSerial serial{};
    const AteccProfile* profile = nullptr;  ///< Null: of no attestation slot.
};
/// Detail "certificate: ...".
[[nodiscard]] Result<DeviceSlot> named_slot(const Certificate& device,
                                            const std::vector<AteccProfile>& profiles);

}  // namespace hallmark
