#include "station/soft_euicc_element.h"

namespace hallmark {
namespace {

constexpr std::string_view prefix = "89049032";
constexpr std::size_t server_challenge_octets = 16;

SoftEuicc euicc_of(const SoftIdentity& identity) {
    PkeyPtr key = private_from_der(identity.key);
    if (!key || identity.chain.size() != 2)
        throw ElementFault("element " + identity.unique_id + " is no eUICC");
    return SoftEuicc(std::move(key), identity.chain.front());
}

}  // namespace

std::vector<SoftIdentity> deliver_euiccs(const SoftEum& maker, std::uint32_t first,
                                         std::size_t count) {
    std::vector<SoftIdentity> elements;
    elements.reserve(count);
    for (std::uint32_t number = first; elements.size() < count; ++number) {
        const std::string eid = soft_eid(prefix, number);
        const SoftEuicc made(maker, eid);
        elements.push_back({.format = "euicc",
                            .unique_id = eid,
                            .key = private_der(made.key().get()),
                            .chain = {made.certificate(), maker.certificate()}});
    }
    return elements;
}

SoftEuiccElement::SoftEuiccElement(const SoftIdentity& identity)
    : euicc_(euicc_of(identity)), manufacturer_(identity.chain.back()) {}

Evidence SoftEuiccElement::attest(const ReceivedChallenge& answer) {
    SoftEuiccEvidence made =
        euicc_.authenticate(ByteView(answer.nonce).first(server_challenge_octets));
    return {.format = std::string(format()),
            .members = {
                {.name = "chain", .values = {euicc_.certificate(), manufacturer_}, .is_list = true},
                {.name = "statement", .values = {std::move(made.statement)}},
                {.name = "signature", .values = {std::move(made.signature)}}}};
}

}  // namespace hallmark
