#include "station/soft_authenticator_element.h"

namespace hallmark {
namespace {

SoftAuthenticator authenticator_of(const SoftIdentity& identity) {
    PkeyPtr key = private_from_der(identity.key);
    if (!key || identity.chain.size() != 1)
        throw ElementFault("element " + identity.unique_id + " is no authenticator");
    return SoftAuthenticator(std::move(key), identity.chain.front());
}

}  // namespace

std::vector<SoftIdentity> deliver_authenticators(const SoftAuthenticatorMaker& maker,
                                                 const std::string& prefix, std::size_t count) {
    std::vector<SoftIdentity> elements;
    elements.reserve(count);
    for (std::size_t i = 1; i <= count; ++i) {
        const SoftAuthenticator made(maker);
        elements.push_back({.format = "webauthn",
                            .unique_id = prefix + "-" + std::to_string(i),
                            .key = private_der(made.attestation_key().get()),
                            .chain = {made.certificate()}});
    }
    return elements;
}

SoftAuthenticatorElement::SoftAuthenticatorElement(const SoftIdentity& identity)
    : authenticator_(authenticator_of(identity)) {}

Evidence SoftAuthenticatorElement::attest(const ReceivedChallenge& answer) {
    const SoftAttestationObject made = authenticator_.attest(present_leaf(), answer.nonce);
    return {.format = std::string(format()),
            .members = {{.name = "attestation_object", .values = {made.object}},
                        {.name = "client_data", .values = {made.client_data}}}};
}

}  // namespace hallmark
