// A YubiKey's PIV application in memory, as far as attestation goes: Yubico's root, the f9 key and
// certificate that each unit leaves the factory with, and the certificate that instruction F9 makes
// of a slot's key. Honest in bytes and in nothing else: its root is nobody's.
#pragma once

#include "station/simulator/soft_x509.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hallmark {

/// The maker. Its root is named as Yubico's first PIV root is.
class SoftYubico {
public:
    SoftYubico();
    [[nodiscard]] const Bytes& root() const noexcept { return root_; }
    /// A unit's f9 certificate; `name` other than Yubico's own is what an owner may have put there.
    [[nodiscard]] Bytes certify_f9(ByteView spki,
                                   std::string_view name = "Yubico PIV Attestation") const;

private:
    PkeyPtr key_;
    Bytes root_;
};

/// What a slot's certificate says; the defaults are true of a new unit.
struct SoftSlot {
    std::string slot = "9a";
    Bytes firmware{5, 4, 3};
    Bytes policies{2, 1};  ///< PIN once, touch never.
    std::optional<Bytes> form_factor = Bytes{1};
};

class SoftYubikey {
public:
    /// Fresh from the factory.
    SoftYubikey(const SoftYubico& maker, std::uint32_t serial);
    SoftYubikey(std::uint32_t serial, PkeyPtr f9, Bytes f9_certificate);

    [[nodiscard]] std::uint32_t serial() const noexcept { return serial_; }
    [[nodiscard]] const PkeyPtr& f9() const noexcept { return f9_; }
    [[nodiscard]] const Bytes& f9_certificate() const noexcept { return f9_certificate_; }
    /// What the slot's key was made as is not asked: whoever lies puts a key from outside here.
    [[nodiscard]] Bytes attest(ByteView slot_spki, const SoftSlot& slot = {}) const;

private:
    std::uint32_t serial_;
    PkeyPtr f9_;
    Bytes f9_certificate_;
};

}  // namespace hallmark
