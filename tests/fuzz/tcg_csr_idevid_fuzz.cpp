// fuzz: NEEDS ca/attestation ca/crypto
// covers: ca/attestation/tcg_csr_idevid_binary.cpp
// TCG's request for a device identity. A hash that is only wrong is set right, so that what lies
// behind it is reached as well.
#include "ca/attestation/tcg_csr_idevid_binary.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace {

bool is_inside(hallmark::ByteView part, hallmark::ByteView whole) {
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

void judge(hallmark::ByteView octets) {
    const auto request = hallmark::parse_tcg_csr_idevid(octets);
    if (!request) return;
    if (request->contents.size() + request->signature.size() + 12 != octets.size()) std::abort();
    if (request->contents.size() % 16 != 0) std::abort();
    for (const auto part :
         {request->ek_certificate, request->attest_public, request->creation_ticket,
          request->attest_certify_info, request->attest_certify_signature, request->signing_public,
          request->signing_certify_info, request->signing_certify_signature}) {
        if (!is_inside(part, request->contents)) std::abort();
    }
    if (request->product_model.empty() || request->product_serial.empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    judge({data, size});
    // The header of both parts and a SHA-256: 12 octets, 12 octets, 32 octets.
    constexpr std::size_t hashed_at = 12 + 12 + 32;
    hallmark::Bytes mended(data, data + size);
    if (size < hashed_at) return 0;
    const std::size_t contents = std::size_t{mended[4]} << 24 | std::size_t{mended[5]} << 16 |
                                 std::size_t{mended[6]} << 8 | mended[7];
    if (contents < hashed_at - 12 || contents > size - 12) return 0;
    const auto digest = hallmark::sha256(
        hallmark::ByteView(mended).subspan(hashed_at, contents - (hashed_at - 12)));
    std::copy(digest.begin(), digest.end(), mended.begin() + 24);
    judge(mended);
    return 0;
}
