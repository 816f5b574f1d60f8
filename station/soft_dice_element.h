// A software device with DICE as an element of the line: its leaf key is the alias key of its last
// layer. For load and for tests; what it holds guards nothing.
#pragma once

#include "station/simulator/soft_dice.h"
#include "station/soft_element.h"
#include "station/soft_leaf_element.h"

namespace hallmark {

/// A maker's delivery: devices that nobody has seen before, named by their UEIDs.
[[nodiscard]] std::vector<SoftIdentity> deliver_dice(const SoftDiceMaker& maker, std::size_t count);

class SoftDiceElement final : public SoftLeafElement {
public:
    /// Throws ElementFault for an identity that cannot be read.
    explicit SoftDiceElement(const SoftIdentity& identity);

    [[nodiscard]] std::string_view format() const noexcept override { return "dice"; }
    [[nodiscard]] Evidence attest(const ReceivedChallenge& answer) override;

private:
    [[nodiscard]] EVP_PKEY* born_with() const override { return device_.device_id().get(); }
    SoftDice device_;
};

}  // namespace hallmark
