// A software applet card as an element of the line, whose applet states of its leaf key what
// docs/profiles/gp-applet.asn has. For load and for tests; what it holds guards nothing.
#pragma once

#include "station/simulator/soft_applet.h"
#include "station/soft_element.h"
#include "station/soft_leaf_element.h"

namespace hallmark {

/// A card issuer's delivery: cards with an attestation key each.
[[nodiscard]] std::vector<SoftIdentity> deliver_applet_cards(const SoftCardIssuer& issuer,
                                                             const std::string& prefix,
                                                             std::size_t count);

class SoftAppletElement final : public SoftLeafElement {
public:
    /// Throws ElementFault for an identity that cannot be read.
    explicit SoftAppletElement(const SoftIdentity& identity);

    [[nodiscard]] std::string_view format() const noexcept override { return "gp-applet"; }
    [[nodiscard]] Evidence attest(const ReceivedChallenge& answer) override;

private:
    [[nodiscard]] EVP_PKEY* born_with() const override { return applet_.attestation_key().get(); }
    SoftApplet applet_;
};

}  // namespace hallmark
