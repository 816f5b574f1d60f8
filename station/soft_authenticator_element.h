// A software authenticator as an element of the line: its leaf key is the credential's. For load
// and for tests; what it holds guards nothing.
#pragma once

#include "station/simulator/soft_authenticator.h"
#include "station/soft_element.h"
#include "station/soft_leaf_element.h"

namespace hallmark {

/// A maker's delivery: authenticators with an attestation key each.
[[nodiscard]] std::vector<SoftIdentity> deliver_authenticators(const SoftAuthenticatorMaker& maker,
                                                               const std::string& prefix,
                                                               std::size_t count);

class SoftAuthenticatorElement final : public SoftLeafElement {
public:
    /// Throws ElementFault for an identity that cannot be read.
    explicit SoftAuthenticatorElement(const SoftIdentity& identity);

    [[nodiscard]] std::string_view format() const noexcept override { return "webauthn"; }
    [[nodiscard]] Evidence attest(const ReceivedChallenge& answer) override;

private:
    [[nodiscard]] EVP_PKEY* born_with() const override {
        return authenticator_.attestation_key().get();
    }
    SoftAuthenticator authenticator_;
};

}  // namespace hallmark
