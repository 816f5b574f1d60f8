#include "ca/hsm/mechanism.h"

#include "ca/hsm/token.h"

#include <algorithm>

namespace hallmark {
namespace {

/// Octets of the field, or of the modulus.
std::size_t key_octets(KeyAlgorithm algorithm) {
    switch (algorithm) {
        case KeyAlgorithm::ec_p256:
            return 32;
        case KeyAlgorithm::ec_p384:
            return 48;
        case KeyAlgorithm::rsa_2048:
            return 256;
        case KeyAlgorithm::rsa_3072:
            return 384;
        case KeyAlgorithm::rsa_4096:
            return 512;
    }
    return 0;
}

/// RFC 8017 9.2 note 1: DigestInfo up to the digest itself.
Bytes digest_info_prefix(HashAlgorithm hash) {
    switch (hash) {
        case HashAlgorithm::sha384:
            return {0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                    0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30};
        case HashAlgorithm::sha512:
            return {0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                    0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x40};
        case HashAlgorithm::sha256:
            return {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                    0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
        case HashAlgorithm::sha1:
            break;
    }
    throw HsmFault(HsmError::permanent, "no signature with SHA-1 is made");
}

CK_RSA_PKCS_PSS_PARAMS pss_parameters(HashAlgorithm hash) {
    // RFC 4055 3.1: MGF1 of the same hash, salt as long as the hash.
    const auto salt = static_cast<unsigned long>(digest_size(hash));
    switch (hash) {
        case HashAlgorithm::sha384:
            return {CKM_SHA384, CKG_MGF1_SHA384, salt};
        case HashAlgorithm::sha512:
            return {CKM_SHA512, CKG_MGF1_SHA512, salt};
        default:
            return {CKM_SHA256, CKG_MGF1_SHA256, salt};
    }
}

enum class Scheme { ecdsa, pkcs1, pss, none };

Scheme scheme_of(SignatureAlgorithm algorithm) noexcept {
    switch (algorithm) {
        case SignatureAlgorithm::ecdsa_sha256:
        case SignatureAlgorithm::ecdsa_sha384:
        case SignatureAlgorithm::ecdsa_sha512:
            return Scheme::ecdsa;
        case SignatureAlgorithm::rsa_pkcs1_sha256:
        case SignatureAlgorithm::rsa_pkcs1_sha384:
        case SignatureAlgorithm::rsa_pkcs1_sha512:
            return Scheme::pkcs1;
        case SignatureAlgorithm::rsa_pss_sha256:
        case SignatureAlgorithm::rsa_pss_sha384:
        case SignatureAlgorithm::rsa_pss_sha512:
            return Scheme::pss;
        case SignatureAlgorithm::ecdsa_sha1:
        case SignatureAlgorithm::rsa_pkcs1_sha1:
        case SignatureAlgorithm::ed25519:
            return Scheme::none;
    }
    return Scheme::none;
}

}  // namespace

bool go_together(KeyAlgorithm key, SignatureAlgorithm algorithm) noexcept {
    const Scheme scheme = scheme_of(algorithm);
    const bool ec = key == KeyAlgorithm::ec_p256 || key == KeyAlgorithm::ec_p384;
    return scheme != Scheme::none && ec == (scheme == Scheme::ecdsa);
}

SignatureAlgorithm usual_signature_algorithm(KeyAlgorithm algorithm) noexcept {
    switch (algorithm) {
        case KeyAlgorithm::ec_p256:
            return SignatureAlgorithm::ecdsa_sha256;
        case KeyAlgorithm::ec_p384:
            return SignatureAlgorithm::ecdsa_sha384;
        case KeyAlgorithm::rsa_2048:
        case KeyAlgorithm::rsa_3072:
        case KeyAlgorithm::rsa_4096:
            break;
    }
    return SignatureAlgorithm::rsa_pkcs1_sha256;
}

SigningInput::SigningInput(const SigningKey& key, ByteView message) {
    if (!go_together(key.public_key.algorithm(), key.algorithm))
        throw HsmFault(HsmError::permanent, std::string(name_of(key.public_key.algorithm())) +
                                                " does not sign with " +
                                                std::string(name_of(key.algorithm)));
    const HashAlgorithm algorithm = hash_of(key.algorithm);
    const std::size_t octets = key_octets(key.public_key.algorithm());
    const Bytes digest = hash(algorithm, message);
    switch (scheme_of(key.algorithm)) {
        case Scheme::ecdsa:
            mechanism_.mechanism = CKM_ECDSA;
            // FIPS 186-4 6.4: the leftmost bits, as many as the order has. Tokens differ in who
            // cuts.
            input_.assign(digest.begin(), digest.begin() + static_cast<std::ptrdiff_t>(
                                                               std::min(digest.size(), octets)));
            ec_ = true;
            answer_octets_ = 2 * octets;
            return;
        case Scheme::pss:
            pss_ = pss_parameters(algorithm);
            mechanism_ = {CKM_RSA_PKCS_PSS, &pss_, sizeof pss_};
            input_ = digest;
            break;
        default:
            mechanism_.mechanism = CKM_RSA_PKCS;
            input_ = concat({digest_info_prefix(algorithm), digest});
            break;
    }
    answer_octets_ = octets;
}

Bytes SigningInput::signature_from(Bytes answer) const {
    if (answer.size() != answer_octets_)
        throw HsmFault(HsmError::permanent, "C_Sign: a signature of the wrong length");
    return ec_ ? ecdsa_der_from_raw(answer) : std::move(answer);
}

}  // namespace hallmark
