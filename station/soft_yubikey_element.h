// A software YubiKey as an element of the line: its leaf key in slot 9a, attested by f9. For load
// and for tests; what it holds guards nothing.
#pragma once

#include "station/simulator/soft_yubikey.h"
#include "station/soft_element.h"
#include "station/soft_leaf_element.h"

namespace hallmark {

/// A maker's delivery: units that nobody has seen before, with serials from `first` on.
[[nodiscard]] std::vector<SoftIdentity> deliver_yubikeys(const SoftYubico& maker,
                                                         std::uint32_t first, std::size_t count);

class SoftYubikeyElement final : public SoftLeafElement {
public:
    /// Throws ElementFault for an identity that cannot be read.
    explicit SoftYubikeyElement(const SoftIdentity& identity);

    [[nodiscard]] std::string_view format() const noexcept override { return "yubikey-piv"; }
    [[nodiscard]] Evidence attest(const ReceivedChallenge& answer) override;

private:
    [[nodiscard]] EVP_PKEY* born_with() const override { return key_.f9().get(); }
    SoftYubikey key_;
};

}  // namespace hallmark
