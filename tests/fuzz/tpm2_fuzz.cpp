// fuzz: NEEDS ca/attestation ca/crypto
// covers: ca/attestation/tpm2_structures.cpp
// The TPM structures: the first octet chooses which, the rest is its octets.
#include "ca/attestation/tpm2_rules.h"
#include "ca/attestation/tpm2_structures.h"

#include <cstdint>
#include <cstdlib>

namespace {

void read_public(hallmark::ByteView octets) {
    const auto structure = hallmark::parse_tpm_public(octets);
    if (!structure) return;
    if (!hallmark::is_tpm_name(structure->name)) std::abort();
    const auto key = hallmark::public_key_of(*structure);
    if (key && !hallmark::parse_public_key(key->spki())) std::abort();
    // No key is both a signer of attestations and a leaf.
    if (hallmark::check_attestation_key(*structure) && hallmark::check_leaf_key(*structure))
        std::abort();
}

void read_attest(hallmark::ByteView octets) {
    const auto structure = hallmark::parse_tpm_attest(octets);
    if (structure && structure->extra_data.size() > octets.size()) std::abort();
}

void read_signature(hallmark::ByteView octets) {
    const auto structure = hallmark::parse_tpm_signature(octets);
    if (structure && structure->rsa.empty() && (structure->r.empty() || structure->s.empty()))
        std::abort();
}

void read_creation(hallmark::ByteView octets) {
    const auto structure = hallmark::parse_tpm_creation(octets);
    if (structure && structure->octets.size() + 2 != octets.size()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const hallmark::ByteView octets(data + 1, size - 1);
    switch (data[0] & 3) {
        case 0:
            read_public(octets);
            break;
        case 1:
            read_attest(octets);
            break;
        case 2:
            read_signature(octets);
            break;
        default:
            read_creation(octets);
            break;
    }
    return 0;
}
