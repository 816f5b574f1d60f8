#include "server/ceremony_operator.h"

#include "ca/domain/fault.h"
#include "server/ceremony_files.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>

namespace hallmark {
namespace {

/// Asked for when the key is encrypted; answering nothing keeps OpenSSL from asking the terminal.
int no_passphrase(char*, int, int, void*) {
    return -1;
}

Refusal malformed(const std::filesystem::path& path, const std::string& what) {
    return {Reason::malformed_request, "the operator's key " + path.string() + " " + what};
}

}  // namespace

Result<OperatorKey> OperatorKey::read(const std::filesystem::path& path) {
    struct stat file{};
    if (stat(path.c_str(), &file) != 0)
        return Refusal{Reason::not_found,
                       "the operator's key " + path.string() + " cannot be read"};
    if ((file.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return Refusal{Reason::forbidden, "group or others may use the operator's key " +
                                              path.string() + "; make it mode 0600"};
    HALLMARK_TRY(text, read_small_file(path));
    const std::unique_ptr<BIO, decltype(&BIO_free)> source(
        BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free);
    std::shared_ptr<EVP_PKEY> key(
        PEM_read_bio_PrivateKey(source.get(), nullptr, no_passphrase, nullptr), EVP_PKEY_free);
    OPENSSL_cleanse(text.data(), text.size());
    ERR_clear_error();
    if (!key) return malformed(path, "is no PEM private key, or is encrypted");

    unsigned char* encoded = nullptr;
    const int octets = i2d_PUBKEY(key.get(), &encoded);
    if (octets <= 0) return malformed(path, "has no public half");
    const Bytes spki(encoded, encoded + octets);
    OPENSSL_free(encoded);
    auto public_key = parse_public_key(spki);
    if (!public_key)
        return malformed(path, "is not of a kind that is taken: " + public_key.error().detail);
    return OperatorKey(std::move(key), std::move(*public_key));
}

SignatureAlgorithm OperatorKey::algorithm() const noexcept {
    return public_key_.is_ec() ? SignatureAlgorithm::ecdsa_sha256
                               : SignatureAlgorithm::rsa_pkcs1_sha256;
}

Bytes OperatorKey::sign(ByteView message) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          EVP_MD_CTX_free);
    std::size_t octets = 0;
    if (!context ||
        EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), nullptr, &octets, message.data(), message.size()) != 1)
        throw Fault("cannot sign with the operator's key");
    Bytes signature(octets);
    if (EVP_DigestSign(context.get(), signature.data(), &octets, message.data(), message.size()) !=
        1)
        throw Fault("cannot sign with the operator's key");
    signature.resize(octets);
    return signature;
}

}  // namespace hallmark
