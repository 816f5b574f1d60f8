#include "station/soft_atecc_element.h"

namespace hallmark {
namespace {

SoftAtecc chip_of(const SoftIdentity& identity) {
    const auto serial = from_hex(identity.unique_id);
    PkeyPtr key = private_from_der(identity.key);
    if (!serial || serial->size() != 9 || !key || identity.chain.size() != 2)
        throw ElementFault("element " + identity.unique_id + " is no ATECC608");
    return SoftAtecc(*serial, std::move(key));
}

/// 01 23, six octets of its own, 01.
Bytes serial_number(std::uint32_t number) {
    return {0x01,
            0x23,
            0x00,
            0x00,
            static_cast<unsigned char>(number >> 24),
            static_cast<unsigned char>(number >> 16),
            static_cast<unsigned char>(number >> 8),
            static_cast<unsigned char>(number),
            0x01};
}

}  // namespace

std::vector<SoftIdentity> deliver_ateccs(const SoftMicrochip& maker, std::uint32_t first,
                                         std::size_t count) {
    std::vector<SoftIdentity> elements;
    elements.reserve(count);
    for (std::uint32_t number = first; elements.size() < count; ++number) {
        const SoftAtecc chip(serial_number(number), soft_p256_key());
        elements.push_back(
            {.format = "microchip-atecc608",
             .unique_id = to_hex(chip.serial()),
             .key = private_der(chip.attestation_key().get()),
             .chain = {maker.certify(spki_of(chip.attestation_key().get()), chip.serial()),
                       maker.signer()}});
    }
    return elements;
}

SoftAteccElement::SoftAteccElement(const SoftIdentity& identity)
    : chip_(chip_of(identity)), chain_(identity.chain) {}

Evidence SoftAteccElement::attest(const ReceivedChallenge& answer) {
    SoftAteccStatement made = chip_.attest(spki_of(present_leaf()), answer.nonce);
    return {.format = std::string(format()),
            .members = {{.name = "chain", .values = chain_, .is_list = true},
                        {.name = "rand_out", .values = {std::move(made.rand_out)}},
                        {.name = "genkey", .values = {std::move(made.genkey)}},
                        {.name = "sign_internal", .values = {std::move(made.sign_internal)}},
                        {.name = "signature", .values = {std::move(made.signature)}}}};
}

}  // namespace hallmark
