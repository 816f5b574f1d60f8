// A software STSAFE-A as an element of the line: its leaf key in slot 1, told by the transcript of
// the session that made it. For load and for tests; what it holds guards nothing.
#pragma once

#include "station/simulator/soft_stsafe.h"
#include "station/soft_element.h"
#include "station/soft_leaf_element.h"

namespace hallmark {

/// A maker's delivery: elements that nobody has seen before, named by their own serials.
[[nodiscard]] std::vector<SoftIdentity> deliver_stsafe(const SoftStm& maker, std::size_t count);

class SoftStsafeElement final : public SoftLeafElement {
public:
    /// Throws ElementFault for an identity that cannot be read.
    explicit SoftStsafeElement(const SoftIdentity& identity);

    [[nodiscard]] std::string_view format() const noexcept override { return "stsafe-a"; }
    [[nodiscard]] Evidence attest(const ReceivedChallenge& answer) override;

private:
    [[nodiscard]] EVP_PKEY* born_with() const override { return stsafe_.slot_0().get(); }
    SoftStsafe stsafe_;
};

}  // namespace hallmark
