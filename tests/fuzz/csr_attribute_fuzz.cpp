// fuzz: NEEDS ca/attestation ca/crypto ca/json
// covers: ca/attestation/csr_attribute.cpp
// Evidence in a request's attribute: the first octet chooses the syntax.
#include "ca/attestation/csr_attribute.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace {

std::size_t octets_in(const hallmark::Evidence& evidence) {
    std::size_t octets = 0;
    for (const hallmark::EvidenceMember& member : evidence.members) {
        for (const hallmark::Bytes& value : member.values)
            octets += value.size();
    }
    return octets;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const bool earlier = data[0] % 2 == 1;
    hallmark::CsrAttributeRules rules;
    if (earlier) rules.syntax = hallmark::CsrAttributeSyntax::edition_2025;
    const auto evidence =
        hallmark::unpack_csr_attribute(hallmark::ByteView(data + 1, size - 1), rules);
    if (!evidence) return 0;
    if (evidence->packaging != hallmark::csr_attribute_format) std::abort();
    const bool tpm = evidence->format == "tpm2";
    if (!tpm && evidence->format != "pkix-key-attestation") std::abort();
    // Nothing comes out that did not go in, but for the six octets before a bare signature.
    if (octets_in(*evidence) > size + 6) std::abort();
    const auto* const chain = evidence->find(tpm ? "ak_chain" : "chain");
    if (chain && (chain->values.empty() || chain->values.size() > 16)) std::abort();
    return 0;
}
