// fuzz: NEEDS ca/crypto
// covers: ca/crypto/certificate.cpp ca/crypto/extensions.cpp ca/crypto/name.cpp ca/crypto/pem.cpp
// Certificates, names and PEM of strangers; what is taken must be what came.
#include "ca/crypto/certificate.h"

#include <cstdlib>

namespace {

using namespace hallmark;

void look_at(ByteView input) {
    const auto certificate = parse_certificate(without_nv_padding(input));
    if (!certificate) return;
    if (certificate->der.size() > input.size()) std::abort();
    const std::string text = name_text(certificate->subject) + name_text(certificate->issuer);
    for (const char c : text) {
        if (c < 0x20 || c > 0x7E) std::abort();  // No record may hold a control character.
    }
    static_cast<void>(certificate->basic_constraints());
    static_cast<void>(certificate->key_usage());
    static_cast<void>(certificate->extended_key_usage());
    static_cast<void>(certificate->subject_key_identifier());
    static_cast<void>(certificate->authority_key_identifier());
    static_cast<void>(parse_public_key(certificate->spki));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    const ByteView input(bytes, size);
    look_at(input);
    static_cast<void>(name_text(input));
    const auto blocks = parse_pem(as_text(input), "CERTIFICATE", 8);
    if (!blocks) return 0;
    for (const Bytes& block : *blocks) {
        look_at(block);
        const auto again = parse_pem(to_pem(block, "CERTIFICATE"), "CERTIFICATE");
        if (!again || *again != std::vector<Bytes>{block}) std::abort();
    }
    return 0;
}
