#include "station/soft_dice_element.h"

#include "ca/crypto/hash.h"

namespace hallmark {
namespace {

/// RFC 9711 4.2.1: type RAND, and 16 random octets.
Bytes new_ueid() {
    return concat({Bytes{0x01}, random_bytes(16)});
}

SoftDice device_of(const SoftIdentity& identity) {
    PkeyPtr key = private_from_der(identity.key);
    if (!key || identity.chain.size() != 1)
        throw ElementFault("element " + identity.unique_id + " is no device with DICE");
    return SoftDice(std::move(key), identity.chain.front());
}

}  // namespace

std::vector<SoftIdentity> deliver_dice(const SoftDiceMaker& maker, std::size_t count) {
    std::vector<SoftIdentity> elements;
    elements.reserve(count);
    while (elements.size() < count) {
        const Bytes ueid = new_ueid();
        const SoftDice made(maker, ueid);
        elements.push_back({.format = "dice",
                            .unique_id = to_hex(ueid),
                            .key = private_der(made.device_id().get()),
                            .chain = {made.certificate()}});
    }
    return elements;
}

SoftDiceElement::SoftDiceElement(const SoftIdentity& identity) : device_(device_of(identity)) {}

Evidence SoftDiceElement::attest(const ReceivedChallenge& answer) {
    return {
        .format = std::string(format()),
        .members = {
            {.name = "chain", .values = device_.chain(spki_of(present_leaf())), .is_list = true},
            {.name = "signature", .values = {SoftDice::answer(present_leaf(), answer.nonce)}}}};
}

}  // namespace hallmark
