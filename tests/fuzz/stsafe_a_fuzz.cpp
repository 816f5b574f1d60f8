// fuzz: NEEDS ca/attestation ca/crypto
// covers: ca/attestation/stsafe_a_transcript.cpp
// A session's messages, each behind its length in two octets, or its signature: the first octet
// chooses which.
#include "ca/attestation/stsafe_a_transcript.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace {

void read_transcript(hallmark::ByteView rest) {
    std::vector<hallmark::Bytes> messages;
    std::size_t hashed = 0;
    while (rest.size() >= 2) {
        const std::size_t length = std::size_t{rest[0]} << 8 | rest[1];
        rest = rest.subspan(2);
        messages.push_back(hallmark::to_bytes(rest.first(std::min(length, rest.size()))));
        rest = rest.subspan(messages.back().size());
        hashed += 3 + messages.back().size();
    }
    const auto transcript = hallmark::parse_stsafe_transcript(messages);
    if (!transcript) return;
    if (messages.size() != 4 || transcript->tbs.size() != hashed) std::abort();
    if (transcript->challenge.size() + 1 != messages[3].size()) std::abort();
    const std::size_t width = transcript->curve == hallmark::KeyAlgorithm::ec_p256 ? 32 : 48;
    if (transcript->x.size() != width || transcript->y.size() != width) std::abort();
}

void read_signature(hallmark::ByteView octets, std::size_t width) {
    const auto der = hallmark::parse_stsafe_signature(octets, width);
    if (!der) return;
    const auto raw = hallmark::ecdsa_raw_from_der(*der, width);
    if (!raw || !hallmark::equal(hallmark::ByteView(*raw).first(width), octets.subspan(2, width)))
        std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const hallmark::ByteView octets(data + 1, size - 1);
    switch (data[0] % 3) {
        case 0:
            read_transcript(octets);
            break;
        case 1:
            read_signature(octets, 32);
            break;
        default:
            read_signature(octets, 48);
    }
    return 0;
}
