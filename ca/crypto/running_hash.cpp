#include "ca/crypto/running_hash.h"

#include "ca/crypto/digests.h"

namespace hallmark {
namespace {

MdContextPtr new_context() {
    return made(MdContextPtr(EVP_MD_CTX_new()), "EVP_MD_CTX_new");
}

}  // namespace

struct RunningHash::State {
    HashAlgorithm algorithm;
    MdContextPtr context;
};

RunningHash::RunningHash(HashAlgorithm algorithm)
    : state_(std::make_unique<State>(algorithm, new_context())) {
    check(EVP_DigestInit_ex2(state_->context.get(), fetched(algorithm), nullptr), "EVP_DigestInit");
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
