#include "station/soft_optiga_element.h"

namespace hallmark {
namespace {

SoftOptiga chip_of(const SoftIdentity& identity) {
    PkeyPtr key = private_from_der(identity.key);
    if (!key || identity.chain.size() != 2)
        throw ElementFault("element " + identity.unique_id + " is no OPTIGA Trust M");
    return SoftOptiga(std::move(key), identity.chain.front());
}

}  // namespace

std::vector<SoftIdentity> deliver_optigas(const SoftInfineon& maker, const std::string& prefix,
                                          std::size_t count) {
    std::vector<SoftIdentity> elements;
    elements.reserve(count);
    for (std::size_t i = 1; i <= count; ++i) {
        const SoftOptiga made(maker);
        elements.push_back({.format = "optiga-trust-m",
                            .unique_id = prefix + "-" + std::to_string(i),
                            .key = private_der(made.identity_key().get()),
                            .chain = {made.certificate(), maker.authority()}});
    }
    return elements;
}

SoftOptigaElement::SoftOptigaElement(const SoftIdentity& identity)
    : chip_(chip_of(identity)), authority_(identity.chain.back()) {}

Evidence SoftOptigaElement::attest(const ReceivedChallenge& answer) {
    SoftOptigaEvidence made = chip_.attest(spki_of(present_leaf()), answer.nonce);
    return {
        .format = std::string(format()),
        .members = {
            {.name = "chain", .values = {chip_.certificate_object(), authority_}, .is_list = true},
            {.name = "statement", .values = {std::move(made.statement)}},
            {.name = "signature", .values = {std::move(made.signature)}}}};
}

}  // namespace hallmark
