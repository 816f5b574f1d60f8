// fuzz: NEEDS ca/attestation ca/crypto ca/json
// covers: ca/crypto/cbor.cpp ca/crypto/cose_key.cpp ca/attestation/webauthn_object.cpp
// Attestation objects, client data and plain CBOR: the first octet chooses which.
#include "ca/attestation/webauthn_object.h"

#include <cstdint>
#include <cstdlib>

namespace {

std::size_t items_in(const hallmark::CborItem& item) {
    std::size_t count = 1;
    for (const hallmark::CborItem& each : item.items)
        count += items_in(each);
    return count;
}

void read_cbor(hallmark::ByteView octets) {
    const hallmark::CborLimits limits;
    hallmark::ByteView rest = octets;
    const auto first = hallmark::take_cbor(rest, limits);
    const auto whole = hallmark::parse_cbor(octets, limits);
    if (whole && (!first || !rest.empty())) std::abort();
    if (!first) return;
    if (rest.size() >= octets.size() || items_in(*first) > limits.items) std::abort();
}

void read_object(hallmark::ByteView octets) {
    const auto object = hallmark::parse_attestation_object(octets);
    if (!object) return;
    if (object->aaguid.size() != 16 || object->spki.empty()) std::abort();
    if (object->statement.kind != hallmark::CborItem::Kind::map) std::abort();
}

void read_client_data(hallmark::ByteView octets) {
    const auto challenge = hallmark::challenge_in(octets);
    if (challenge && challenge->size() > octets.size()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const hallmark::ByteView octets(data + 1, size - 1);
    switch (data[0] % 3) {
        case 0:
            read_cbor(octets);
            break;
        case 1:
            read_object(octets);
            break;
        default:
            read_client_data(octets);
            break;
    }
    return 0;
}
