// OpenSSL objects with owners and calls whose outcome is looked at. For .cpp files of this room and
// for tests; no header that other rooms read names an OpenSSL type through this one.
#pragma once

#include <memory>
#include <string_view>

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

namespace hallmark {

template <auto Free>
struct FreeWith {
    template <typename T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};

inline void free_certificate_stack(STACK_OF(X509) * stack) noexcept {
    sk_X509_pop_free(stack, X509_free);
}

using PkeyPtr = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using PkeyContextPtr = std::unique_ptr<EVP_PKEY_CTX, FreeWith<EVP_PKEY_CTX_free>>;
using MdPtr = std::unique_ptr<EVP_MD, FreeWith<EVP_MD_free>>;
using MdContextPtr = std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>>;
using BignumPtr = std::unique_ptr<BIGNUM, FreeWith<BN_free>>;
using ParamBuilderPtr = std::unique_ptr<OSSL_PARAM_BLD, FreeWith<OSSL_PARAM_BLD_free>>;
using ParamsPtr = std::unique_ptr<OSSL_PARAM, FreeWith<OSSL_PARAM_free>>;
using X509Ptr = std::unique_ptr<X509, FreeWith<X509_free>>;
using X509StackPtr = std::unique_ptr<STACK_OF(X509), FreeWith<free_certificate_stack>>;
using X509StorePtr = std::unique_ptr<X509_STORE, FreeWith<X509_STORE_free>>;
using X509StoreContextPtr = std::unique_ptr<X509_STORE_CTX, FreeWith<X509_STORE_CTX_free>>;

/// Drains OpenSSL's error queue of this thread into the message of a Fault.
[[noreturn]] void throw_crypto_fault(std::string_view operation);

/// Trusts the return code alone: an empty error queue is no proof of success.
inline void check(int return_code, std::string_view operation) {
    if (return_code != 1) throw_crypto_fault(operation);
}

/// The object that OpenSSL was asked for; a null one is a fault.
template <typename Owner>
[[nodiscard]] Owner made(Owner owner, std::string_view operation) {
    if (!owner) throw_crypto_fault(operation);
    return owner;
}

}  // namespace hallmark
