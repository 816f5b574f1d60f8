// fuzz: NEEDS ca/crypto ca/registry ca/hsm
// covers: ca/registry/enrolment.cpp ca/hsm/issuing_certificate.cpp
// Certificates that an operator hands in, one after another: the client's or the intermediate's
// first, then its issuers.
#include "ca/crypto/der.h"
#include "ca/hsm/token.h"
#include "ca/registry/enrolment.h"

#include <cstdlib>

namespace {

using namespace hallmark;

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    static const Instant now = from_rfc3339("2026-11-23T12:00:00Z").value();
    std::vector<Bytes> chain;
    DerReader reader(ByteView(bytes, size));
    while (const auto element = reader.any())
        chain.push_back(to_bytes(element->whole));
    if (chain.empty()) chain.push_back(Bytes(bytes, bytes + size));
    const Bytes first = chain.front();
    chain.erase(chain.begin());

    if (const auto client = read_client_certificate(first, now)) {
        require(client->der == first && client->not_after >= floor_to_second(now));
    }
    if (const auto issuing = read_issuing_certificate(first, chain, now)) {
        const auto certificate = parse_certificate(first);
        require(certificate && certificate->basic_constraints()->ca && !chain.empty());
    }
    if (const auto certificate = parse_certificate(first)) {
        if (check_issuing_certificate(*certificate, now))
            require(certificate->basic_constraints()->ca);
    }
    if (check_anchors(chain, {first})) require(!chain.empty() && chain.size() < 64);
    return 0;
}
