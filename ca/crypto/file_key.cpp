#include "ca/crypto/file_key.h"

#include "ca/crypto/openssl.h"

#include <openssl/pem.h>

namespace hallmark {
namespace {

using BioPtr = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;

/// Asked for when the key is encrypted; answering nothing keeps OpenSSL from asking the terminal.
int no_passphrase(char*, int, int, void*) {
    return -1;
}

}  // namespace

Result<FileKey> FileKey::parse(std::string_view pem) {
    const BioPtr source =
        made(BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))), "BIO_new_mem_buf");
    std::shared_ptr<EVP_PKEY> key(
        PEM_read_bio_PrivateKey(source.get(), nullptr, no_passphrase, nullptr), EVP_PKEY_free);
    ERR_clear_error();
    if (!key) return Refusal{Reason::malformed_request, "is no PEM private key, or is encrypted"};
    unsigned char* encoded = nullptr;
    const int octets = i2d_PUBKEY(key.get(), &encoded);
    if (octets <= 0) return Refusal{Reason::malformed_request, "has no public half"};
    const Bytes spki(encoded, encoded + octets);
    OPENSSL_free(encoded);
    auto public_key = parse_public_key(spki);
    if (!public_key) {
        return Refusal{Reason::malformed_request,
                       "is not of a kind that is taken: " + public_key.error().detail};
    }
    return FileKey(std::move(key), std::move(*public_key));
}

SignatureAlgorithm FileKey::algorithm() const noexcept {
    return public_key_.is_ec() ? SignatureAlgorithm::ecdsa_sha256
                               : SignatureAlgorithm::rsa_pkcs1_sha256;
}

Bytes FileKey::sign(ByteView message) const {
    const MdContextPtr context = made(MdContextPtr(EVP_MD_CTX_new()), "EVP_MD_CTX_new");
    check(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()),
          "EVP_DigestSignInit");
    std::size_t octets = 0;
    check(EVP_DigestSign(context.get(), nullptr, &octets, message.data(), message.size()),
          "EVP_DigestSign");
    Bytes signature(octets);
    check(EVP_DigestSign(context.get(), signature.data(), &octets, message.data(), message.size()),
          "EVP_DigestSign");
    signature.resize(octets);
    return signature;
}

}  // namespace hallmark
