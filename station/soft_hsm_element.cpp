#include "station/soft_hsm_element.h"

namespace hallmark {

SoftKeyAttester attester_of(const SoftIdentity& identity) {
    PkeyPtr key = private_from_der(identity.key);
    if (!key || identity.chain.size() != 1)
        throw ElementFault("element " + identity.unique_id + " is no HSM");
    return SoftKeyAttester(std::move(key), identity.chain.front(), identity.unique_id);
}

std::vector<SoftIdentity> deliver_hsms(const SoftHsmMaker& maker, const std::string& prefix,
                                       std::size_t count) {
    std::vector<SoftIdentity> elements;
    elements.reserve(count);
    for (std::size_t i = 1; i <= count; ++i) {
        const std::string name = prefix + "-" + std::to_string(i);
        const SoftKeyAttester made(maker, name);
        elements.push_back({.format = "pkix-key-attestation",
                            .unique_id = name,
                            .key = private_der(made.attestation_key().get()),
                            .chain = {made.certificate()}});
    }
    return elements;
}

SoftHsmElement::SoftHsmElement(const SoftIdentity& identity) : attester_(attester_of(identity)) {}

Evidence SoftHsmElement::attest(const ReceivedChallenge& answer) {
    return {.format = std::string(format()),
            .members = {{.name = "evidence",
                         .values = {attester_.attest(spki_of(present_leaf()), answer.nonce)}}}};
}

}  // namespace hallmark
