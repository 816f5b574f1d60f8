#include "station/soft_csr_element.h"

#include "station/simulator/soft_csr_attribute.h"
#include "station/soft_hsm_element.h"

namespace hallmark {

std::vector<SoftIdentity> deliver_packing_hsms(const SoftHsmMaker& maker, const std::string& prefix,
                                               std::size_t count) {
    std::vector<SoftIdentity> elements = deliver_hsms(maker, prefix, count);
    for (SoftIdentity& element : elements)
        element.format = "csr-attribute";
    return elements;
}

SoftPackingHsmElement::SoftPackingHsmElement(const SoftIdentity& identity)
    : attester_(attester_of(identity)) {}

std::vector<Bytes> SoftPackingHsmElement::request_attributes(ByteView nonce) {
    const SoftCsrBundle bundle{
        .statements = {
            {.type = "1.3.6.1.5.5.999", .stmt = attester_.attest(spki_of(present_leaf()), nonce)}}};
    return {soft_attestation_attribute({bundle.der()})};
}

Evidence SoftPackingHsmElement::attest(const ReceivedChallenge&) {
    return {.format = std::string(format()), .members = {}};
}

}  // namespace hallmark
