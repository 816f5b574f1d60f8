// fuzz: NEEDS ca/attestation ca/crypto
// covers: ca/attestation/ek_certificate.cpp ca/attestation/tpm_manufacturers.cpp
// What a TPM's certificates say of their maker and of their key; no signature is asked for here.
#include "ca/attestation/ek_certificate.h"

#include <cstdlib>

namespace {

bool is_plain(std::string_view text) {
    for (const char c : text) {
        if (c < 0x20 || c > 0x7e) return false;
    }
    return !text.empty() && text.size() <= 64;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    using namespace hallmark;
    const auto certificate = parse_certificate({bytes, size});
    if (!certificate) return 0;
    if (const auto identity = read_tpm_identity(*certificate)) {
        if (!is_plain(identity->model) || !is_plain(identity->version)) std::abort();
        if (find_tpm_manufacturer(identity->manufacturer.id) == nullptr) std::abort();
    }
    const auto key = parse_public_key(certificate->spki);
    const bool is_ek = key && check_ek_certificate(*certificate, *key);
    const bool is_ak = check_ak_certificate(*certificate).has_value();
    if (is_ek && is_ak) std::abort();  // One certificate never speaks for both kinds of key.
    return 0;
}
