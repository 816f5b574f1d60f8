#include "ca/attestation/element_certificate.h"

#include "ca/attestation/members.h"

namespace hallmark {

Result<ValidatedChain> validated_element(const std::vector<Bytes>& chain, const VendorPin& pin,
                                         const ChainValidator& chains, Instant now) {
    constexpr std::size_t longest_chain = 5;
    if (chain.size() > longest_chain) return evidence_refused("member", "chain is too long");
    std::set<ChainException> exceptions = pin.exceptions;
    exceptions.insert(ChainException::missing_authority_key_identifier);
    HALLMARK_TRY(element, chains.validate({.leaf = chain.front(),
                                           .intermediates = {chain.begin() + 1, chain.end()},
                                           .purpose = Purpose::any,
                                           .exceptions = std::move(exceptions),
                                           .at = now,
                                           .limits = {}},
                                          pin.anchors));
    const auto constraints = element.leaf.basic_constraints();
    if (constraints && constraints->ca) return evidence_refused("certificate", "an authority's");
    const auto usage = element.leaf.key_usage();
    if (usage && !usage->has(KeyUsage::digital_signature))
        return evidence_refused("certificate", "not for signatures");
    return std::move(element);
}

}  // namespace hallmark
