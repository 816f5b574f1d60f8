#include "station/soft_applet_element.h"

namespace hallmark {
namespace {

SoftApplet applet_of(const SoftIdentity& identity) {
    PkeyPtr key = private_from_der(identity.key);
    if (!key || identity.chain.size() != 1)
        throw ElementFault("element " + identity.unique_id + " is no applet card");
    return SoftApplet(std::move(key), identity.chain.front());
}

}  // namespace

std::vector<SoftIdentity> deliver_applet_cards(const SoftCardIssuer& issuer,
                                               const std::string& prefix, std::size_t count) {
    std::vector<SoftIdentity> elements;
    elements.reserve(count);
    for (std::size_t i = 1; i <= count; ++i) {
        const std::string name = prefix + "-" + std::to_string(i);
        const SoftApplet made(issuer, name);
        elements.push_back({.format = "gp-applet",
                            .unique_id = name,
                            .key = private_der(made.attestation_key().get()),
                            .chain = {made.certificate()}});
    }
    return elements;
}

SoftAppletElement::SoftAppletElement(const SoftIdentity& identity) : applet_(applet_of(identity)) {}

Evidence SoftAppletElement::attest(const ReceivedChallenge& answer) {
    SoftAppletEvidence made = applet_.attest(spki_of(present_leaf()), answer.nonce);
    return {.format = std::string(format()),
            .members = {{.name = "chain", .values = {applet_.certificate()}, .is_list = true},
                        {.name = "statement", .values = {std::move(made.statement)}},
                        {.name = "signature", .values = {std::move(made.signature)}}}};
}

}  // namespace hallmark
