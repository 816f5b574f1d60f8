#include "station/soft_eat_element.h"

namespace hallmark {
namespace {

SoftEatEntity entity_of(const SoftIdentity& identity) {
    PkeyPtr key = private_from_der(identity.key);
    const auto id = from_hex(identity.unique_id);
    if (!key || !id || identity.chain.empty())
        throw ElementFault("element " + identity.unique_id + " is no entity of EATs");
    return SoftEatEntity(std::move(key), identity.chain, concat({Bytes{0x01}, *id}));
}

}  // namespace

std::vector<SoftIdentity> deliver_eat_entities(const SoftTokenMaker& maker, std::size_t count) {
    std::vector<SoftIdentity> elements;
    elements.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const SoftEatEntity made(maker);
        elements.push_back({.format = "eat",
                            .unique_id = to_hex(ByteView(made.ueid()).subspan(1)),
                            .key = private_der(made.attestation_key().get()),
                            .chain = made.chain()});
    }
    return elements;
}

SoftEatElement::SoftEatElement(const SoftIdentity& identity) : entity_(entity_of(identity)) {}

Evidence SoftEatElement::attest(const ReceivedChallenge& answer) {
    // The nonce was made over the leaf key, which the token itself does not name.
    return {.format = std::string(format()),
            .members = {{.name = "token", .values = {entity_.attest(answer.nonce)}},
                        {.name = "chain", .values = entity_.chain(), .is_list = true}}};
}

}  // namespace hallmark
