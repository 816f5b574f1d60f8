#include "station/soft_elements.h"

#include "station/soft_android_element.h"
#include "station/soft_authenticator_element.h"
#include "station/soft_hsm_element.h"
#include "station/soft_yubikey_element.h"

#include <algorithm>

namespace hallmark {
namespace {

struct SoftKind {
    std::string_view format;
    SoftDelivery (*deliver)(const DeliveryOrder& order);
    std::unique_ptr<SecureElement> (*open)(const SoftIdentity& identity);
};

template <typename Element>
std::unique_ptr<SecureElement> open_as(const SoftIdentity& identity) {
    return std::make_unique<Element>(identity);
}

SoftDelivery tpms(const DeliveryOrder& order) {
    const SoftVendor maker(order.maker);
    return {.root = maker.root(),
            .model = "swtpm",
            .identities = deliver_elements(maker, order.prefix, order.count)};
}

SoftDelivery yubikeys(const DeliveryOrder& order) {
    const SoftYubico maker;
    return {.root = maker.root(),
            .model = "YubiKey 5",
            .identities = deliver_yubikeys(maker, order.first_serial, order.count)};
}

SoftDelivery authenticators(const DeliveryOrder& order) {
    const SoftAuthenticatorMaker maker;
    return {.root = maker.root(),
            .model = "Example authenticator",
            .identities = deliver_authenticators(maker, order.prefix, order.count)};
}

SoftDelivery androids(const DeliveryOrder& order) {
    const SoftGoogle maker;
    return {.root = maker.root(),
            .model = "Example Box 1",
            .identities = deliver_androids(maker, order.prefix, order.count)};
}

SoftDelivery hsms(const DeliveryOrder& order) {
    const SoftHsmMaker maker;
    return {.root = maker.root(),
            .model = "HSM-1",
            .identities = deliver_hsms(maker, order.prefix, order.count)};
}

constexpr SoftKind kinds[] = {
    {"android-key", androids, open_as<SoftAndroidElement>},
    {"pkix-key-attestation", hsms, open_as<SoftHsmElement>},
    {"tpm2", tpms, open_as<SoftElement>},
    {"webauthn", authenticators, open_as<SoftAuthenticatorElement>},
    {"yubikey-piv", yubikeys, open_as<SoftYubikeyElement>},
};

const SoftKind& kind_of(std::string_view format) {
    const auto* const found =
        std::find_if(std::begin(kinds), std::end(kinds),
                     [&](const SoftKind& kind) { return kind.format == format; });
    if (found == std::end(kinds))
        throw ElementFault("there is no software element for " + std::string(format));
    return *found;
}

}  // namespace

SoftDelivery deliver(std::string_view format, const DeliveryOrder& order) {
    return kind_of(format).deliver(order);
}

std::unique_ptr<SecureElement> open_soft_element(const SoftIdentity& identity) {
    return kind_of(identity.format).open(identity);
}

std::set<std::string> soft_formats() {
    std::set<std::string> formats;
    for (const SoftKind& kind : kinds)
        formats.emplace(kind.format);
    return formats;
}

}  // namespace hallmark
