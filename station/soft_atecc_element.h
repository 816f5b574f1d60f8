// A software ATECC608 as an element of the line: its leaf key in slot 2, attested by slot 1. For
// load and for tests; what it holds guards nothing.
#pragma once

#include "station/simulator/soft_atecc.h"
#include "station/soft_element.h"
#include "station/soft_leaf_element.h"

namespace hallmark {

/// A maker's delivery: parts whose serial numbers count from `first` on.
[[nodiscard]] std::vector<SoftIdentity> deliver_ateccs(const SoftMicrochip& maker,
                                                       std::uint32_t first, std::size_t count);

class SoftAteccElement final : public SoftLeafElement {
public:
    /// Throws ElementFault for an identity that cannot be read.
    explicit SoftAteccElement(const SoftIdentity& identity);

    [[nodiscard]] std::string_view format() const noexcept override { return "microchip-atecc608"; }
    [[nodiscard]] Evidence attest(const ReceivedChallenge& answer) override;

private:
    [[nodiscard]] EVP_PKEY* born_with() const override { return chip_.attestation_key().get(); }
    SoftAtecc chip_;
    std::vector<Bytes> chain_;
};

}  // namespace hallmark
