// fuzz: NEEDS ca/attestation ca/crypto
// covers: ca/attestation/optiga_objects.cpp
// What a chip's certificate object holds, and what its host says of a key: the first octet chooses
// which.
#include "ca/attestation/optiga_objects.h"

#include <cstdint>
#include <cstdlib>

namespace {

void read_object(hallmark::ByteView object) {
    const auto certificate = hallmark::certificate_in_object(object);
    if (!certificate) return;
    // All of it, or all behind the header: nothing is cut off at the end.
    const std::size_t before = object.size() - certificate->size();
    if (before != 0 && (before != 9 || object[0] != 0xC0 || certificate->empty())) std::abort();
    if (before == 0 && !object.empty() && object[0] == 0xC0) std::abort();
}

void read_statement(hallmark::ByteView der) {
    const auto statement = hallmark::parse_optiga_statement(der);
    if (!statement) return;
    if (statement->nonce.size() != 32 || statement->spki.empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const hallmark::ByteView octets(data + 1, size - 1);
    if (data[0] % 2 == 0) {
        read_object(octets);
    } else {
        read_statement(octets);
    }
    return 0;
}
