// fuzz: NEEDS ca/attestation ca/crypto ca/json
// covers: ca/attestation/status_list.cpp
// A vendor's list of revoked certificates, as it is fetched.
#include "ca/attestation/status_list.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const hallmark::Instant now = hallmark::from_rfc3339("2026-11-23T12:00:00Z").value();
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto list = hallmark::StatusList::parse(text, now, std::chrono::seconds(60));
    if (!list) return 0;
    // An entry takes more than a dozen octets.
    if (list->size() * 12 > size || list->is_too_old(now)) std::abort();
    if (list->find(hallmark::Bytes{0})) std::abort();
    return 0;
}
