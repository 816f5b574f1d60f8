// A software OPTIGA Trust M as an element of the line, with the host that speaks for it. For load
// and for tests; what it holds guards nothing.
#pragma once

#include "station/simulator/soft_optiga.h"
#include "station/soft_element.h"
#include "station/soft_leaf_element.h"

namespace hallmark {

/// A maker's delivery: chips that nobody has seen before, each with its authority's certificate.
[[nodiscard]] std::vector<SoftIdentity> deliver_optigas(const SoftInfineon& maker,
                                                        const std::string& prefix,
                                                        std::size_t count);

class SoftOptigaElement final : public SoftLeafElement {
public:
    /// Throws ElementFault for an identity that cannot be read.
    explicit SoftOptigaElement(const SoftIdentity& identity);

    [[nodiscard]] std::string_view format() const noexcept override { return "optiga-trust-m"; }
    [[nodiscard]] Evidence attest(const ReceivedChallenge& answer) override;

private:
    [[nodiscard]] EVP_PKEY* born_with() const override { return chip_.identity_key().get(); }
    SoftOptiga chip_;
    Bytes authority_;
};

}  // namespace hallmark
