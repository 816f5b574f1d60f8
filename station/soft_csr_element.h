// A software HSM that puts what it reports of its leaf key into the request itself
// (draft-ietf-lamps-csr-attestation), and sends no evidence beside it. For load and for tests; what
// it holds guards nothing.
#pragma once

#include "station/simulator/soft_key_attestation.h"
#include "station/soft_element.h"
#include "station/soft_leaf_element.h"

namespace hallmark {

/// A maker's delivery: HSMs as deliver_hsms makes them, which pack.
[[nodiscard]] std::vector<SoftIdentity> deliver_packing_hsms(const SoftHsmMaker& maker,
                                                             const std::string& prefix,
                                                             std::size_t count);

class SoftPackingHsmElement final : public SoftLeafElement {
public:
    /// Throws ElementFault for an identity that cannot be read.
    explicit SoftPackingHsmElement(const SoftIdentity& identity);

    [[nodiscard]] std::string_view format() const noexcept override { return "csr-attribute"; }
    [[nodiscard]] std::vector<Bytes> request_attributes(ByteView nonce) override;
    [[nodiscard]] Evidence attest(const ReceivedChallenge& answer) override;

private:
    [[nodiscard]] EVP_PKEY* born_with() const override { return attester_.attestation_key().get(); }
    SoftKeyAttester attester_;
};

}  // namespace hallmark
