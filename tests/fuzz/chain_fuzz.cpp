// fuzz: NEEDS ca/crypto
// covers: ca/crypto/chain.cpp ca/crypto/chain_path.cpp ca/crypto/chain_rules.cpp
// covers: ca/crypto/chain_keys.cpp ca/crypto/chain_openssl.cpp ca/crypto/chain_cache.cpp
// Two octets of circumstances (purpose, exceptions), then DER certificates one after another:
// the leaf, issuers, and the pinned root last.
#include "ca/crypto/chain.h"
#include "ca/crypto/der.h"

#include <cstdlib>

namespace {

using namespace hallmark;

std::set<ChainException> exceptions_of(unsigned bits) {
    std::set<ChainException> exceptions;
    for (unsigned bit = 0; bit < 8; ++bit) {
        if ((bits >> bit & 1u) != 0) exceptions.insert(static_cast<ChainException>(bit));
    }
    return exceptions;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    if (size < 2) return 0;
    std::vector<Bytes> certificates;
    DerReader reader(ByteView(bytes + 2, size - 2));
    while (const auto element = reader.any())
        certificates.push_back(to_bytes(element->whole));
    if (certificates.size() < 2) return 0;

    ChainRequest request;
    request.leaf = certificates.front();
    request.intermediates.assign(certificates.begin() + 1, certificates.end() - 1);
    request.purpose = static_cast<Purpose>(bytes[0] % 5);
    request.exceptions = exceptions_of(bytes[1]);
    request.at = *from_rfc3339("2026-11-23T12:00:00Z");
    const TrustAnchors anchors{.roots = {certificates.back()}, .intermediates = {}};
    const ChainValidator validator;
    const auto first = validator.validate(request, anchors);
    const auto second = validator.validate(request, anchors);
    // What is kept never changes the answer, and only the pinned root vouches.
    if (first.has_value() != second.has_value()) std::abort();
    if (!first)
        return first.error().reason == Reason::evidence_not_accepted ? 0 : (std::abort(), 0);
    if (first->issuers.back() != certificates.back() || first->issuers != second->issuers)
        std::abort();
    return 0;
}
