// fuzz: NEEDS ca/attestation ca/crypto
// covers: ca/attestation/pkix_evidence.cpp
// What an HSM reports of its keys, as the draft has it in DER.
#include "ca/attestation/pkix_evidence.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const hallmark::ByteView octets(data, size);
    const auto evidence = hallmark::parse_pkix_evidence(octets);
    if (!evidence) return 0;
    if (evidence->tbs.empty() || evidence->tbs.size() > size) std::abort();
    for (const auto& element : evidence->elements) {
        for (const auto& claim : element.claims) {
            // No claim stands twice: what is found by its name is this one.
            if (element.find(claim.type) != &claim.value) std::abort();
        }
    }
    return 0;
}
