#include "station/soft_psa_element.h"

namespace hallmark {
namespace {

SoftPsaPlatform platform_of(const SoftIdentity& identity) {
    PkeyPtr key = private_from_der(identity.key);
    const auto id = from_hex(identity.unique_id);
    if (!key || !id || identity.chain.empty())
        throw ElementFault("element " + identity.unique_id + " is no PSA platform");
    return SoftPsaPlatform(std::move(key), identity.chain, concat({Bytes{0x01}, *id}),
                           SoftPsaForm::tfm);
}

}  // namespace

std::vector<SoftIdentity> deliver_psa_platforms(const SoftTokenMaker& maker, std::size_t count) {
    std::vector<SoftIdentity> elements;
    elements.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const SoftPsaPlatform made(maker);
        elements.push_back({.format = "psa-token",
                            .unique_id = to_hex(ByteView(made.instance_id()).subspan(1)),
                            .key = private_der(made.attestation_key().get()),
                            .chain = made.chain()});
    }
    return elements;
}

SoftPsaElement::SoftPsaElement(const SoftIdentity& identity) : platform_(platform_of(identity)) {}

Evidence SoftPsaElement::attest(const ReceivedChallenge& answer) {
    // The nonce was made over the leaf key, which the token itself does not name.
    return {.format = std::string(format()),
            .members = {{.name = "token", .values = {platform_.attest(answer.nonce)}},
                        {.name = "chain", .values = platform_.chain(), .is_list = true}}};
}

}  // namespace hallmark
