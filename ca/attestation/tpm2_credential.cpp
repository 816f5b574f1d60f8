#include "ca/attestation/tpm2_credential.h"

#include "ca/crypto/seal.h"

#include <stdexcept>

namespace hallmark {
namespace {

struct EkTemplate {
    HashAlgorithm hash;
    std::size_t symmetric_octets;
};

/// TCG EK Credential Profile 2.5, B.3 and B.4: templates L-1, L-2 and H-1 to H-7.
EkTemplate template_of(KeyAlgorithm algorithm) {
    switch (algorithm) {
        case KeyAlgorithm::rsa_2048:
        case KeyAlgorithm::ec_p256:
            return {HashAlgorithm::sha256, 16};
        case KeyAlgorithm::ec_p384:
        case KeyAlgorithm::rsa_3072:
        case KeyAlgorithm::rsa_4096:
            return {HashAlgorithm::sha384, 32};
    }
    throw std::logic_error("no such EK");
}

Bytes u32(std::size_t value) {
    return {static_cast<unsigned char>(value >> 24), static_cast<unsigned char>(value >> 16),
            static_cast<unsigned char>(value >> 8), static_cast<unsigned char>(value)};
}

Bytes tpm2b(ByteView content) {
    Bytes out{static_cast<unsigned char>(content.size() >> 8),
              static_cast<unsigned char>(content.size())};
    append(out, content);
    return out;
}

/// A label with its terminating zero, as both KDFs and OAEP take it.
Bytes label_octets(std::string_view label) {
    Bytes out = to_bytes(label);
    out.push_back(0);
    return out;
}

struct Seed {
    Bytes value;
    Bytes sealed;  ///< The content of TPM2B_ENCRYPTED_SECRET.
};

/// Part 1, B.10.4 (RSA) and C.6.4 (ECC).
Seed make_seed(const PublicKey& ek, HashAlgorithm hash) {
    if (!ek.is_ec()) {
        Seed seed{.value = random_bytes(digest_size(hash)), .sealed = {}};
        const Bytes label = label_octets("IDENTITY");
        seed.sealed = rsa_oaep_encrypt(ek, {.hash = hash, .label = label, .message = seed.value});
        return seed;
    }
    const EphemeralAgreement agreement = agree_ephemerally(ek);
    const ByteView point = ek.subject_public_key();
    return {.value = kdfe({.hash = hash,
                           .shared_x = agreement.shared_x,
                           .label = "IDENTITY",
                           .party_u = agreement.x,
                           .party_v = point.subspan(1, agreement.x.size()),
                           .octets = digest_size(hash)}),
            .sealed = concat({tpm2b(agreement.x), tpm2b(agreement.y)})};
}

}  // namespace

Bytes kdfa(const KdfaInput& input) {
    Bytes out;
    for (std::size_t block = 1; out.size() < input.octets; ++block) {
        const Bytes message = concat({u32(block), label_octets(input.label), input.context_u,
                                      input.context_v, u32(8 * input.octets)});
        append(out, hmac(input.hash, input.key, message));
    }
    out.resize(input.octets);
    return out;
}

Bytes kdfe(const KdfeInput& input) {
    Bytes out;
    for (std::size_t block = 1; out.size() < input.octets; ++block) {
        append(out, hash(input.hash, concat({u32(block), input.shared_x, label_octets(input.label),
                                             input.party_u, input.party_v})));
    }
    out.resize(input.octets);
    return out;
}

TpmCredential make_credential(const CredentialRequest& request) {
    const EkTemplate ek = template_of(request.ek.algorithm());
    if (request.secret.size() > digest_size(ek.hash))
        throw std::logic_error("the secret does not fit");
    const Seed seed = make_seed(request.ek, ek.hash);
    const Bytes symmetric_key = kdfa({.hash = ek.hash,
                                      .key = seed.value,
                                      .label = "STORAGE",
                                      .context_u = request.ak_name,
                                      .context_v = {},
                                      .octets = ek.symmetric_octets});
    const Bytes sealed_identity = aes_cfb_encrypt(symmetric_key, tpm2b(request.secret));
    const Bytes mac_key = kdfa({.hash = ek.hash,
                                .key = seed.value,
                                .label = "INTEGRITY",
                                .context_u = {},
                                .context_v = {},
                                .octets = digest_size(ek.hash)});
    // Part 1, 24.4: the outer HMAC is over the encrypted identity and the Name.
    const Bytes mac = hmac(ek.hash, mac_key, concat({sealed_identity, request.ak_name}));
    return {.blob = tpm2b(concat({tpm2b(mac), sealed_identity})), .secret = tpm2b(seed.sealed)};
}

}  // namespace hallmark
