#include "ca/crypto/hash.h"

#include "ca/crypto/digests.h"
#include "ca/domain/fault.h"

#include <array>
#include <limits>

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

namespace hallmark {

namespace {

const char* openssl_name(HashAlgorithm algorithm) noexcept {
    switch (algorithm) {
        case HashAlgorithm::sha1:
            return "SHA1";
        case HashAlgorithm::sha256:
            return "SHA256";
        case HashAlgorithm::sha384:
            return "SHA384";
        case HashAlgorithm::sha512:
            return "SHA512";
    }
    return "SHA256";
}

MdPtr fetch(HashAlgorithm algorithm) {
    return made(MdPtr(EVP_MD_fetch(nullptr, openssl_name(algorithm), nullptr)), "EVP_MD_fetch");
}

}  // namespace

const EVP_MD* fetched(HashAlgorithm algorithm) {
    static const std::array<MdPtr, 4> digests{
        fetch(HashAlgorithm::sha1), fetch(HashAlgorithm::sha256), fetch(HashAlgorithm::sha384),
        fetch(HashAlgorithm::sha512)};
    return digests[static_cast<std::size_t>(algorithm)].get();
}

std::size_t digest_size(HashAlgorithm algorithm) noexcept {
    switch (algorithm) {
        case HashAlgorithm::sha1:
            return 20;
        case HashAlgorithm::sha256:
            return 32;
        case HashAlgorithm::sha384:
            return 48;
        case HashAlgorithm::sha512:
            return 64;
    }
    return 0;
}

Digest sha256(ByteView message) {
    Digest digest{};
    check(EVP_Digest(message.data(), message.size(), digest.data(), nullptr,
                     fetched(HashAlgorithm::sha256), nullptr),
          "EVP_Digest");
    return digest;
}

Bytes hash(HashAlgorithm algorithm, ByteView message) {
    Bytes digest(digest_size(algorithm));
    check(EVP_Digest(message.data(), message.size(), digest.data(), nullptr, fetched(algorithm),
                     nullptr),
          "EVP_Digest");
    return digest;
}

Bytes hmac(HashAlgorithm algorithm, ByteView key, ByteView message) {
    static constexpr unsigned char nothing = 0;
    if (key.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
        throw Fault("an HMAC key of more than 2 GiB");
    }
    Bytes mac(digest_size(algorithm));
    // A null key would mean "the key of the call before".
    const unsigned char* const key_start = key.empty() ? &nothing : key.data();
    if (HMAC(fetched(algorithm), key_start, static_cast<int>(key.size()), message.data(),
             message.size(), mac.data(), nullptr) == nullptr) {
        throw_crypto_fault("HMAC");
    }
    return mac;
}

Bytes random_bytes(std::size_t count) {
    Bytes bytes(count);
    if (count == 0) return bytes;
    if (count > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
        throw Fault("more than 2 GiB of random bytes");
    }
    check(RAND_priv_bytes(bytes.data(), static_cast<int>(count)), "RAND_priv_bytes");
    return bytes;
}

std::string random_uuid() {
    Bytes bytes = random_bytes(16);
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0Fu) | 0x40u);  // version 4
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3Fu) | 0x80u);  // variant 10
    const std::string hex = to_hex(bytes);
    std::string uuid;
    for (std::size_t i = 0; i < hex.size(); ++i) {
        if (i == 8 || i == 12 || i == 16 || i == 20) uuid.push_back('-');
        uuid.push_back(hex[i]);
    }
    return uuid;
}

bool equal_constant_time(ByteView left, ByteView right) noexcept {
    if (left.size() != right.size()) return false;
    return left.empty() || CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace hallmark
