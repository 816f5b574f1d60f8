// fuzz: NEEDS ca/crypto
// covers: ca/crypto/csr.cpp
// PKCS#10 of strangers. A request that is taken has proved possession of its key.
#include "ca/crypto/csr.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    const auto request = hallmark::parse_csr({bytes, size});
    if (!request)
        return request.error().reason == hallmark::Reason::csr_not_accepted ? 0 : (std::abort(), 0);
    if (request->key.handle() == nullptr) std::abort();
    if (request->challenge_password && request->challenge_password->size() > 255) std::abort();
    return 0;
}
