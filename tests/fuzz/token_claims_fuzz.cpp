// fuzz: NEEDS ca/attestation ca/crypto ca/json
// covers: ca/attestation/claim_set.cpp ca/attestation/psa_claims.cpp ca/attestation/eat_claims.cpp
// Claims of attestation tokens: the first octet chooses whose.
#include "ca/attestation/eat_claims.h"
#include "ca/attestation/psa_claims.h"

#include <cstdint>
#include <cstdlib>

namespace {

void read_psa(hallmark::ByteView payload) {
    const auto claims = hallmark::parse_psa_claims(payload);
    if (!claims) return;
    const std::size_t id = claims->instance_id.size();
    if (id != 33 && id != 9) std::abort();
    const std::size_t nonce = claims->nonce.size();
    if (nonce != 32 && nonce != 48 && nonce != 64) std::abort();
    if (claims->implementation_id.size() != 32 || claims->software.empty()) std::abort();
    for (const hallmark::PsaSoftware& each : claims->software) {
        if (each.measurement.size() < 32) std::abort();
        if (each.version && each.version->empty()) std::abort();
    }
    // No token is both.
    if (hallmark::parse_eat_claims(payload)) std::abort();
}

void read_eat(hallmark::ByteView payload) {
    const auto claims = hallmark::parse_eat_claims(payload);
    if (!claims) return;
    if (claims->nonce.size() < 8 || claims->nonce.size() > 64) std::abort();
    if (claims->debug_status < 0 || claims->debug_status > 4) std::abort();
    if (claims->ueid && claims->ueid->size() < 7) std::abort();
    if (claims->hardware_model && !claims->oem) std::abort();
    if (claims->confirmed_key && claims->confirmed_key->empty()) std::abort();
    if (hallmark::parse_psa_claims(payload)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const hallmark::ByteView payload(data + 1, size - 1);
    if ((data[0] & 1u) == 0) {
        read_psa(payload);
    } else {
        read_eat(payload);
    }
    return 0;
}
