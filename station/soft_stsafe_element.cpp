#include "station/soft_stsafe_element.h"

namespace hallmark {
namespace {

SoftStsafe stsafe_of(const SoftIdentity& identity) {
    auto serial = from_hex(identity.unique_id);
    PkeyPtr key = private_from_der(identity.key);
    if (!serial || !key || identity.chain.size() != 1)
        throw ElementFault("element " + identity.unique_id + " is no STSAFE-A");
    return SoftStsafe(std::move(*serial), std::move(key), identity.chain.front());
}

}  // namespace

std::vector<SoftIdentity> deliver_stsafe(const SoftStm& maker, std::size_t count) {
    std::vector<SoftIdentity> elements;
    elements.reserve(count);
    while (elements.size() < count) {
        const SoftStsafe made(maker);
        elements.push_back({.format = "stsafe-a",
                            .unique_id = to_hex(made.serial()),
                            .key = private_der(made.slot_0().get()),
                            .chain = {made.certificate()}});
    }
    return elements;
}

SoftStsafeElement::SoftStsafeElement(const SoftIdentity& identity) : stsafe_(stsafe_of(identity)) {}

Evidence SoftStsafeElement::attest(const ReceivedChallenge& answer) {
    // The session stays open from the making of the key until the nonce, which the key is in.
    const auto messages = SoftStsafe::session(spki_of(present_leaf()), answer.nonce);
    return {.format = std::string(format()),
            .members = {{.name = "chain", .values = {stsafe_.certificate()}, .is_list = true},
                        {.name = "transcript", .values = messages, .is_list = true},
                        {.name = "signature", .values = {stsafe_.sign(messages)}}}};
}

}  // namespace hallmark
