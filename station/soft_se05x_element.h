// A software SE05x as an element of the line, with an applet of 7.2: its leaf key, read with
// attestation. For load and for tests; what it holds guards nothing.
#pragma once

#include "station/simulator/soft_se05x.h"
#include "station/soft_element.h"
#include "station/soft_leaf_element.h"

namespace hallmark {

/// A maker's delivery: chips that nobody has seen before, named by their own identifiers.
[[nodiscard]] std::vector<SoftIdentity> deliver_se05x(const SoftNxp& maker, std::size_t count);

class SoftSe05xElement final : public SoftLeafElement {
public:
    /// Throws ElementFault for an identity that cannot be read.
    explicit SoftSe05xElement(const SoftIdentity& identity);

    [[nodiscard]] std::string_view format() const noexcept override { return "nxp-se05x"; }
    [[nodiscard]] Evidence attest(const ReceivedChallenge& answer) override;

private:
    [[nodiscard]] EVP_PKEY* born_with() const override { return chip_.attestation_key().get(); }
    SoftSe05x chip_;
};

}  // namespace hallmark
