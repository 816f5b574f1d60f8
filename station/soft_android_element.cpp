#include "station/soft_android_element.h"

namespace hallmark {
namespace {

SoftAndroid device_of(const SoftIdentity& identity) {
    PkeyPtr key = private_from_der(identity.key);
    if (!key || identity.chain.empty())
        throw ElementFault("element " + identity.unique_id + " is no Android device");
    return SoftAndroid(std::move(key), identity.chain);
}

}  // namespace

std::vector<SoftIdentity> deliver_androids(const SoftGoogle& google, const std::string& prefix,
                                           std::size_t count) {
    std::vector<SoftIdentity> elements;
    elements.reserve(count);
    for (std::size_t i = 1; i <= count; ++i) {
        const SoftAndroid made(google);
        elements.push_back({.format = "android-key",
                            .unique_id = prefix + "-" + std::to_string(i),
                            .key = private_der(made.attestation_key().get()),
                            .chain = made.chain()});
    }
    return elements;
}

SoftAndroidElement::SoftAndroidElement(const SoftIdentity& identity)
    : device_(device_of(identity)) {}

Evidence SoftAndroidElement::attest(const ReceivedChallenge& answer) {
    SoftKeyDescription description;
    description.challenge = answer.nonce;
    return {.format = std::string(format()),
            .members = {{.name = "chain",
                         .values = device_.attest(spki_of(present_leaf()), description),
                         .is_list = true}}};
}

}  // namespace hallmark
