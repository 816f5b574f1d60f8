#include "ca/crypto/seal.h"

#include "ca/crypto/openssl.h"

#include <array>
#include <memory>
#include <stdexcept>

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

namespace hallmark {
namespace {

const EVP_MD* digest_of(HashAlgorithm algorithm) {
    switch (algorithm) {
        case HashAlgorithm::sha1:
            return EVP_sha1();
        case HashAlgorithm::sha256:
            return EVP_sha256();
        case HashAlgorithm::sha384:
            return EVP_sha384();
        case HashAlgorithm::sha512:
            return EVP_sha512();
    }
    throw std::logic_error("no such hash");
}

PkeyContextPtr context_of(EVP_PKEY* key) {
    PkeyContextPtr context(EVP_PKEY_CTX_new(key, nullptr));
    if (!context) throw_crypto_fault("EVP_PKEY_CTX_new");
    return context;
}

void set_label(EVP_PKEY_CTX* context, ByteView label) {
    void* copy = OPENSSL_memdup(label.data(), label.size());
    if (!copy) throw_crypto_fault("OPENSSL_memdup");
    // Takes the copy over on success alone.
    if (EVP_PKEY_CTX_set0_rsa_oaep_label(context, copy, static_cast<int>(label.size())) != 1) {
        OPENSSL_free(copy);
        throw_crypto_fault("EVP_PKEY_CTX_set0_rsa_oaep_label");
    }
}

}  // namespace

Bytes rsa_oaep_encrypt(const PublicKey& key, const OaepInput& input) {
    if (key.is_ec()) throw std::logic_error("OAEP wants an RSA key");
    const PkeyContextPtr context = context_of(key.handle());
    check(EVP_PKEY_encrypt_init(context.get()), "EVP_PKEY_encrypt_init");
    check(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING), "OAEP padding");
    check(EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), digest_of(input.hash)), "OAEP hash");
    check(EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), digest_of(input.hash)), "MGF1 hash");
    set_label(context.get(), input.label);
    std::size_t size = 0;
    check(
        EVP_PKEY_encrypt(context.get(), nullptr, &size, input.message.data(), input.message.size()),
        "EVP_PKEY_encrypt");
    Bytes sealed(size);
    check(EVP_PKEY_encrypt(context.get(), sealed.data(), &size, input.message.data(),
                           input.message.size()),
          "EVP_PKEY_encrypt");
    sealed.resize(size);
    return sealed;
}

EphemeralAgreement agree_ephemerally(const PublicKey& peer) {
    if (!peer.is_ec()) throw std::logic_error("ECDH wants an EC key");
    const char* curve = peer.algorithm() == KeyAlgorithm::ec_p256 ? "P-256" : "P-384";
    const std::size_t width = peer.algorithm() == KeyAlgorithm::ec_p256 ? 32 : 48;
    const PkeyPtr own(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve));
    if (!own) throw_crypto_fault("EVP_PKEY_Q_keygen");
    const PkeyContextPtr context = context_of(own.get());
    check(EVP_PKEY_derive_init(context.get()), "EVP_PKEY_derive_init");
    // Without the multiplication by the order that OpenSSL would add: a PublicKey's point is on its
    // curve, and the cofactor of both curves is one (SP 800-56A 5.6.2.3.4).
    check(EVP_PKEY_derive_set_peer_ex(context.get(), peer.handle(), 0),
          "EVP_PKEY_derive_set_peer_ex");
    EphemeralAgreement out;
    out.shared_x.resize(width);
    std::size_t size = width;
    check(EVP_PKEY_derive(context.get(), out.shared_x.data(), &size), "EVP_PKEY_derive");
    if (size != width) throw_crypto_fault("EVP_PKEY_derive made a short secret");

    unsigned char* encoded = nullptr;
    const std::size_t length = EVP_PKEY_get1_encoded_public_key(own.get(), &encoded);
    const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owner(
        encoded, [](unsigned char* octets) { OPENSSL_free(octets); });
    if (length != 1 + 2 * width) throw_crypto_fault("EVP_PKEY_get1_encoded_public_key");
    out.x.assign(encoded + 1, encoded + 1 + width);
    out.y.assign(encoded + 1 + width, encoded + length);
    return out;
}

Bytes aes_cfb_encrypt(ByteView key, ByteView message) {
    if (key.size() != 16 && key.size() != 32) throw std::logic_error("AES-128 or AES-256");
    const EVP_CIPHER* cipher = key.size() == 16 ? EVP_aes_128_cfb128() : EVP_aes_256_cfb128();
    const std::unique_ptr<EVP_CIPHER_CTX, FreeWith<EVP_CIPHER_CTX_free>> context(
        EVP_CIPHER_CTX_new());
    if (!context) throw_crypto_fault("EVP_CIPHER_CTX_new");
    const std::array<unsigned char, 16> zero_iv{};
    check(EVP_EncryptInit_ex(context.get(), cipher, nullptr, key.data(), zero_iv.data()),
          "EVP_EncryptInit_ex");
    Bytes sealed(message.size());
    int written = 0;
    check(EVP_EncryptUpdate(context.get(), sealed.data(), &written, message.data(),
                            static_cast<int>(message.size())),
          "EVP_EncryptUpdate");
    if (static_cast<std::size_t>(written) != message.size())
        throw_crypto_fault("EVP_EncryptUpdate");
    return sealed;
}

}  // namespace hallmark
