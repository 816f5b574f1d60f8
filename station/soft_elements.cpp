#include "station/soft_elements.h"

#include "station/soft_android_element.h"
#include "station/soft_applet_element.h"
#include "station/soft_atecc_element.h"
#include "station/soft_authenticator_element.h"
#include "station/soft_csr_element.h"
#include "station/soft_dice_element.h"
#include "station/soft_eat_element.h"
#include "station/soft_euicc_element.h"
#include "station/soft_hsm_element.h"
#include "station/soft_idevid_element.h"
#include "station/soft_optiga_element.h"
#include "station/soft_psa_element.h"
#include "station/soft_se05x_element.h"
#include "station/soft_stsafe_element.h"
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

SoftDelivery idevid_tpms(const DeliveryOrder& order) {
    const SoftVendor maker(order.maker);
    return {.root = maker.intermediate(),
            .model = "swtpm",
            .identities = deliver_elements(maker, order.prefix, order.count, "tcg-csr-idevid")};
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

SoftDelivery ateccs(const DeliveryOrder& order) {
    const SoftMicrochip maker;
    return {.root = maker.root(),
            .model = "ATECC608B",
            .identities = deliver_ateccs(maker, order.first_serial, order.count)};
}

SoftDelivery applet_cards(const DeliveryOrder& order) {
    const SoftCardIssuer issuer;
    return {.root = issuer.root(),
            .model = "Example applet card",
            .identities = deliver_applet_cards(issuer, order.prefix, order.count)};
}

SoftDelivery optigas(const DeliveryOrder& order) {
    const SoftInfineon maker;
    return {.root = maker.root(),
            .model = "SLS32AIA010ML",
            .identities = deliver_optigas(maker, order.prefix, order.count)};
}

SoftDelivery euiccs(const DeliveryOrder& order) {
    const SoftEum maker;
    return {.root = maker.root(),
            .model = "Example eUICC",
            .identities = deliver_euiccs(maker, order.first_serial, order.count)};
}

SoftDelivery se05x(const DeliveryOrder& order) {
    const SoftNxp maker;
    return {
        .root = maker.root(), .model = "SE050E", .identities = deliver_se05x(maker, order.count)};
}

SoftDelivery psa_platforms(const DeliveryOrder& order) {
    const SoftTokenMaker maker(order.maker + " PSA");
    return {.root = maker.root(),
            .model = "Example platform",
            .identities = deliver_psa_platforms(maker, order.count)};
}

SoftDelivery eat_entities(const DeliveryOrder& order) {
    const SoftTokenMaker maker(order.maker + " EAT");
    return {.root = maker.root(),
            .model = "Example entity 1",
            .identities = deliver_eat_entities(maker, order.count)};
}

SoftDelivery dice_devices(const DeliveryOrder& order) {
    const SoftDiceMaker maker;
    return {
        .root = maker.root(), .model = "DICE-1", .identities = deliver_dice(maker, order.count)};
}

SoftDelivery packing_hsms(const DeliveryOrder& order) {
    const SoftHsmMaker maker;
    return {.root = maker.root(),
            .model = "HSM-1",
            .identities = deliver_packing_hsms(maker, order.prefix, order.count)};
}

SoftDelivery stsafe(const DeliveryOrder& order) {
    const SoftStm maker;
    return {
        .root = maker.root(), .model = "eval3", .identities = deliver_stsafe(maker, order.count)};
}

constexpr SoftKind kinds[] = {
    {"android-key", androids, open_as<SoftAndroidElement>},
    {"csr-attribute", packing_hsms, open_as<SoftPackingHsmElement>},
    {"dice", dice_devices, open_as<SoftDiceElement>},
    {"eat", eat_entities, open_as<SoftEatElement>},
    {"euicc", euiccs, open_as<SoftEuiccElement>},
    {"gp-applet", applet_cards, open_as<SoftAppletElement>},
    {"microchip-atecc608", ateccs, open_as<SoftAteccElement>},
    {"nxp-se05x", se05x, open_as<SoftSe05xElement>},
    {"optiga-trust-m", optigas, open_as<SoftOptigaElement>},
    {"pkix-key-attestation", hsms, open_as<SoftHsmElement>},
    {"psa-token", psa_platforms, open_as<SoftPsaElement>},
    {"stsafe-a", stsafe, open_as<SoftStsafeElement>},
    {"tcg-csr-idevid", idevid_tpms, open_as<SoftIdevidElement>},
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
