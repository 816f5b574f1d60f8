// A software HSM as an element of the line, which reports of its leaf key as
// draft-ietf-rats-pkix-key-attestation has it. For load and for tests; what it holds guards
// nothing.
#pragma once

#include "station/simulator/soft_key_attestation.h"
#include "station/soft_element.h"
#include "station/soft_leaf_element.h"

namespace hallmark {

/// A maker's delivery: HSMs with an attestation key each.
[[nodiscard]] std::vector<SoftIdentity> deliver_hsms(const SoftHsmMaker& maker,
                                                     const std::string& prefix, std::size_t count);

/// Throws ElementFault for an identity that is no HSM's.
[[nodiscard]] SoftKeyAttester attester_of(const SoftIdentity& identity);

class SoftHsmElement final : public SoftLeafElement {
public:
    /// Throws ElementFault for an identity that cannot be read.
    explicit SoftHsmElement(const SoftIdentity& identity);

    [[nodiscard]] std::string_view format() const noexcept override {
        return "pkix-key-attestation";
    }
    [[nodiscard]] Evidence attest(const ReceivedChallenge& answer) override;

private:
    [[nodiscard]] EVP_PKEY* born_with() const override { return attester_.attestation_key().get(); }
    SoftKeyAttester attester_;
};

}  // namespace hallmark
