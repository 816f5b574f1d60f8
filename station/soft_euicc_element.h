// A software eUICC as an element of the line: its application's leaf key stands beside it, bound by
// the challenge alone. For load and for tests; what it holds guards nothing.
#pragma once

#include "station/simulator/soft_euicc.h"
#include "station/soft_element.h"
#include "station/soft_leaf_element.h"

namespace hallmark {

/// A manufacturer's delivery: eUICCs with EIDs from number `first` on.
[[nodiscard]] std::vector<SoftIdentity> deliver_euiccs(const SoftEum& maker, std::uint32_t first,
                                                       std::size_t count);

class SoftEuiccElement final : public SoftLeafElement {
public:
    /// Throws ElementFault for an identity that cannot be read.
    explicit SoftEuiccElement(const SoftIdentity& identity);

    [[nodiscard]] std::string_view format() const noexcept override { return "euicc"; }
    [[nodiscard]] Evidence attest(const ReceivedChallenge& answer) override;

private:
    [[nodiscard]] EVP_PKEY* born_with() const override { return euicc_.key().get(); }
    SoftEuicc euicc_;
    Bytes manufacturer_;
};

}  // namespace hallmark
