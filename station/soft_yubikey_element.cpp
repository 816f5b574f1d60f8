#include "station/soft_yubikey_element.h"

#include <charconv>

namespace hallmark {
namespace {

SoftYubikey yubikey_of(const SoftIdentity& identity) {
    std::uint32_t serial = 0;
    const char* const end = identity.unique_id.data() + identity.unique_id.size();
    const auto read = std::from_chars(identity.unique_id.data(), end, serial);
    PkeyPtr f9 = private_from_der(identity.key);
    if (read.ptr != end || read.ec != std::errc() || !f9 || identity.chain.size() != 1)
        throw ElementFault("element " + identity.unique_id + " is no YubiKey");
    return SoftYubikey(serial, std::move(f9), identity.chain.front());
}

}  // namespace

std::vector<SoftIdentity> deliver_yubikeys(const SoftYubico& maker, std::uint32_t first,
                                           std::size_t count) {
    std::vector<SoftIdentity> elements;
    elements.reserve(count);
    for (std::uint32_t serial = first; elements.size() < count; ++serial) {
        const SoftYubikey key(maker, serial);
        elements.push_back({.format = "yubikey-piv",
                            .unique_id = std::to_string(serial),
                            .key = private_der(key.f9().get()),
                            .chain = {key.f9_certificate()}});
    }
    return elements;
}

SoftYubikeyElement::SoftYubikeyElement(const SoftIdentity& identity) : key_(yubikey_of(identity)) {}

Evidence SoftYubikeyElement::attest(const ReceivedChallenge&) {
    // The nonce stands in the request, which the slot's key signed.
    return {.format = std::string(format()),
            .members = {{.name = "chain",
                         .values = {key_.attest(spki_of(present_leaf())), key_.f9_certificate()},
                         .is_list = true}}};
}

}  // namespace hallmark
