// A software platform of the PSA as an element of the line: its partition makes the leaf key and
// asks for a token over the nonce. For load and for tests; what it holds guards nothing.
#pragma once

#include "station/simulator/soft_psa_token.h"
#include "station/soft_element.h"
#include "station/soft_leaf_element.h"

namespace hallmark {

/// A maker's delivery: platforms with an attestation key each, named by their instance ids.
[[nodiscard]] std::vector<SoftIdentity> deliver_psa_platforms(const SoftTokenMaker& maker,
                                                              std::size_t count);

class SoftPsaElement final : public SoftLeafElement {
public:
    /// Throws ElementFault for an identity that cannot be read.
    explicit SoftPsaElement(const SoftIdentity& identity);

    [[nodiscard]] std::string_view format() const noexcept override { return "psa-token"; }
    [[nodiscard]] Evidence attest(const ReceivedChallenge& answer) override;

private:
    [[nodiscard]] EVP_PKEY* born_with() const override { return platform_.attestation_key().get(); }
    SoftPsaPlatform platform_;
};

}  // namespace hallmark
