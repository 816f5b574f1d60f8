// A software YubiKey as an element of the line: its leaf key in slot 9a, attested by f9. For load
// and for tests; what it holds guards nothing.
#pragma once

#include "station/element.h"
#include "station/simulator/soft_yubikey.h"
#include "station/soft_element.h"

namespace hallmark {

/// A maker's delivery: units that nobody has seen before, with serials from `first` on.
[[nodiscard]] std::vector<SoftIdentity> deliver_yubikeys(const SoftYubico& maker,
                                                         std::uint32_t first, std::size_t count);

class SoftYubikeyElement final : public SecureElement {
public:
    /// Throws ElementFault for an identity that cannot be read.
    explicit SoftYubikeyElement(const SoftIdentity& identity);

    [[nodiscard]] std::string_view format() const noexcept override { return "yubikey-piv"; }
    [[nodiscard]] std::string identity() override;
    [[nodiscard]] std::vector<EvidenceMember> introduce() override { return {}; }
    [[nodiscard]] std::optional<Bytes> leaf() override;
    Bytes make_leaf() override;
    void drop_leaf() override { leaf_.reset(); }
    [[nodiscard]] Evidence attest(const ReceivedChallenge& answer) override;
    [[nodiscard]] Bytes sign(ByteView message) override;
    [[nodiscard]] Bytes install(ByteView certificate_der) override;

private:
    [[nodiscard]] EVP_PKEY* present_leaf() const;

    SoftYubikey key_;
    PkeyPtr leaf_;
    Bytes certificate_;
};

}  // namespace hallmark
