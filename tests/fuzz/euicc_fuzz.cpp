// fuzz: NEEDS ca/attestation ca/crypto
// covers: ca/attestation/euicc_signed.cpp ca/attestation/euicc_eid.cpp
// What an eUICC signs for a server, the ranges of EIDs in its manufacturer's certificate, and EIDs:
// the first octet chooses which.
#include "ca/attestation/euicc_eid.h"
#include "ca/attestation/euicc_signed.h"

#include <cstdint>
#include <cstdlib>

namespace {

void read_signed(hallmark::ByteView der) {
    const auto said = hallmark::parse_euicc_signed(der);
    if (!said) return;
    if (said->challenge.size() != 16 || said->transaction.empty()) std::abort();
    if (said->transaction.size() > 16 || said->server.empty()) std::abort();
}

void read_ranges(hallmark::ByteView value) {
    const auto ranges = hallmark::read_eid_ranges(value);
    if (!ranges) return;
    if (ranges->empty() || ranges->size() > 16) std::abort();
    for (const hallmark::EidRange& range : *ranges) {
        // A range never holds all EIDs, and what it holds begins as it does.
        if (range.prefix.empty() || range.prefix.size() > 31) std::abort();
        if (!hallmark::is_in_range(range, range.prefix, range.organization)) std::abort();
        if (hallmark::is_in_range(range, "x" + range.prefix, range.organization)) std::abort();
    }
}

void read_eid(std::string_view text) {
    if (!hallmark::is_eid(text)) return;
    // Of numbers that differ in one digit alone at most one is an EID.
    std::string other(text);
    other.back() = other.back() == '9' ? '0' : static_cast<char>(other.back() + 1);
    if (hallmark::is_eid(other)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const hallmark::ByteView octets(data + 1, size - 1);
    switch (data[0] % 3) {
        case 0:
            read_signed(octets);
            break;
        case 1:
            read_ranges(octets);
            break;
        default:
            read_eid(hallmark::as_text(octets));
            break;
    }
    return 0;
}
