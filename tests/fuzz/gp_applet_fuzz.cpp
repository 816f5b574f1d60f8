// fuzz: NEEDS ca/attestation ca/crypto
// covers: ca/attestation/gp_applet_statement.cpp
// What an applet on a GlobalPlatform card states of a key.
#include "ca/attestation/gp_applet_statement.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto statement = hallmark::parse_applet_statement({data, size});
    if (!statement) return 0;
    if (statement->applet.size() < 5 || statement->applet.size() > 16) std::abort();
    if (statement->key_reference.empty() || statement->key_reference.size() > 16) std::abort();
    if (statement->usage.empty() || statement->usage.size() > 4) std::abort();
    if (statement->counter < 0 || statement->nonce.size() != 32) std::abort();
    if (statement->spki.empty() || statement->spki.size() > size) std::abort();
    return 0;
}
