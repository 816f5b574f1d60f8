#include "ca/crypto/running_hash.h"

#include "ca/crypto/openssl.h"

namespace hallmark {
namespace {

const char* name_at_openssl(HashAlgorithm algorithm) noexcept {
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

MdContextPtr new_context() {
    return made(MdContextPtr(EVP_MD_CTX_new()), "EVP_MD_CTX_new");
}

}  // namespace

struct RunningHash::State {
    HashAlgorithm algorithm;
    MdPtr md;
    MdContextPtr context;
};

RunningHash::RunningHash(HashAlgorithm algorithm)
    : state_(std::make_unique<State>(
          algorithm,
          made(MdPtr(EVP_MD_fetch(nullptr, name_at_openssl(algorithm), nullptr)), "EVP_MD_fetch"),
          new_context())) {
    check(EVP_DigestInit_ex2(state_->context.get(), state_->md.get(), nullptr), "EVP_DigestInit");
}

RunningHash::~RunningHash() = default;
RunningHash::RunningHash(RunningHash&&) noexcept = default;
RunningHash& RunningHash::operator=(RunningHash&&) noexcept = default;

void RunningHash::update(ByteView more) {
    check(EVP_DigestUpdate(state_->context.get(), more.data(), more.size()), "EVP_DigestUpdate");
}

Bytes RunningHash::digest() const {
    const MdContextPtr copy = new_context();
    check(EVP_MD_CTX_copy_ex(copy.get(), state_->context.get()), "EVP_MD_CTX_copy");
    Bytes digest(digest_size(state_->algorithm));
    check(EVP_DigestFinal_ex(copy.get(), digest.data(), nullptr), "EVP_DigestFinal");
    return digest;
}

}  // namespace hallmark
