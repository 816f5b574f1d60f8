// A software entity that speaks in Entity Attestation Tokens, as an element of the line. For load
// and for tests; what it holds guards nothing.
#pragma once

#include "station/simulator/soft_eat.h"
#include "station/soft_element.h"
#include "station/soft_leaf_element.h"

namespace hallmark {

/// A maker's delivery: entities with an attestation key each, named by their UEIDs.
[[nodiscard]] std::vector<SoftIdentity> deliver_eat_entities(const SoftTokenMaker& maker,
                                                             std::size_t count);

class SoftEatElement final : public SoftLeafElement {
public:
    /// Throws ElementFault for an identity that cannot be read.
    explicit SoftEatElement(const SoftIdentity& identity);

    [[nodiscard]] std::string_view format() const noexcept override { return "eat"; }
    [[nodiscard]] Evidence attest(const ReceivedChallenge& answer) override;

private:
    [[nodiscard]] EVP_PKEY* born_with() const override { return entity_.attestation_key().get(); }
    SoftEatEntity entity_;
};

}  // namespace hallmark
