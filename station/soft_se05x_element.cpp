#include "station/soft_se05x_element.h"

namespace hallmark {
namespace {

SoftSe05x chip_of(const SoftIdentity& identity) {
    auto chip = from_hex(identity.unique_id);
    PkeyPtr key = private_from_der(identity.key);
    if (!chip || !key || identity.chain.size() != 1)
        throw ElementFault("element " + identity.unique_id + " is no SE05x");
    return SoftSe05x(std::move(*chip), std::move(key), identity.chain.front());
}

}  // namespace

std::vector<SoftIdentity> deliver_se05x(const SoftNxp& maker, std::size_t count) {
    std::vector<SoftIdentity> elements;
    elements.reserve(count);
    while (elements.size() < count) {
        const SoftSe05x chip(maker);
        elements.push_back({.format = "nxp-se05x",
                            .unique_id = SoftSe05x::serial(chip.chip()),
                            .key = private_der(chip.attestation_key().get()),
                            .chain = {chip.certificate()}});
    }
    return elements;
}

SoftSe05xElement::SoftSe05xElement(const SoftIdentity& identity) : chip_(chip_of(identity)) {}

Evidence SoftSe05xElement::attest(const ReceivedChallenge& answer) {
    const SoftAttestedRead how;
    const SoftApdus made = chip_.attest(spki_of(present_leaf()), answer.nonce, how);
    return {.format = std::string(format()),
            .members = {{.name = "chain", .values = {chip_.certificate()}, .is_list = true},
                        {.name = "command", .values = {made.command}},
                        {.name = "response", .values = {made.response}},
                        {.name = "applet_version", .values = {how.applet}}}};
}

}  // namespace hallmark
