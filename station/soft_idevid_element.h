// A software TPM 2.0 whose host packs what it says as TCG-CSR-IDEVID: attestation key as IAK, leaf
// key as IDevID. For load and for tests; what it holds guards nothing.
#pragma once

#include "station/soft_element.h"

namespace hallmark {

class SoftIdevidElement final : public SoftElement {
public:
    /// Throws ElementFault for an identity that cannot be read.
    explicit SoftIdevidElement(const SoftIdentity& identity) : SoftElement(identity) {}

    [[nodiscard]] std::string_view format() const noexcept override { return "tcg-csr-idevid"; }
    [[nodiscard]] Evidence attest(const ReceivedChallenge& answer) override;
};

}  // namespace hallmark
