// fuzz: NEEDS ca/attestation ca/crypto
// covers: ca/attestation/android_description.cpp
// What Android's KeyMint says of a key, as it stands in a certificate's extension.
#include "ca/attestation/android_description.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const hallmark::ByteView octets(data, size);
    const auto description = hallmark::parse_android_description(octets);
    if (!description) return 0;
    if (description->challenge.size() > size) std::abort();
    // What was read is what is there: half of it is nothing.
    if (hallmark::parse_android_description(octets.first(size - 1))) std::abort();
    return 0;
}
