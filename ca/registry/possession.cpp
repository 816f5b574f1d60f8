#include "ca/registry/possession.h"

#include "ca/crypto/keys.h"

namespace hallmark {

Bytes possession_text(std::string_view role, std::string_view id,
                      const Digest& certificate_sha256) {
    const Bytes end{0};
    return concat({as_bytes("hallmark-enrolment-v1"), end, as_bytes(role), end, as_bytes(id), end,
                   certificate_sha256});
}

bool proves_possession(const Certificate& certificate, std::string_view role, std::string_view id,
                       ByteView proof) {
    const auto key = parse_public_key(certificate.spki);
    if (!key) return false;
    return verify_signature(
        *key,
        key->is_ec() ? SignatureAlgorithm::ecdsa_sha256 : SignatureAlgorithm::rsa_pkcs1_sha256,
        possession_text(role, id, certificate.sha256), proof);
}

bool is_signed_by_itself(const Certificate& certificate) {
    const auto key = parse_public_key(certificate.spki);
    const auto algorithm = signature_algorithm_from(certificate.signature_algorithm);
    return key && algorithm && !is_weak(*algorithm) &&
           verify_signature(*key, *algorithm, certificate.tbs, certificate.signature);
}

}  // namespace hallmark
