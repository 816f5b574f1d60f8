#include "ca/crypto/chain_openssl.h"

#include "ca/crypto/openssl.h"

#include <array>

#include <openssl/x509v3.h>

namespace hallmark {

namespace {

X509Ptr parsed(const Certificate& certificate) {
    const unsigned char* cursor = certificate.der.data();
    X509Ptr object(d2i_X509(nullptr, &cursor, static_cast<long>(certificate.der.size())));
    if (!object || cursor != certificate.der.data() + certificate.der.size()) {
        ERR_clear_error();
        return nullptr;
    }
    return object;
}

/// RFC 5280 6.1.1 (d): a trust anchor is a name and a key, so that it bears no basicConstraints, as
/// old roots do, is no reason to refuse what it signed.
bool is_bare_anchor(X509_STORE_CTX* context) {
    const int anchor_depth = sk_X509_num(X509_STORE_CTX_get0_chain(context)) - 1;
    if (X509_STORE_CTX_get_error_depth(context) != anchor_depth) return false;
    X509* const anchor = X509_STORE_CTX_get_current_cert(context);
    return X509_get_ext_by_NID(anchor, NID_basic_constraints, -1) < 0;
}

std::string oid_of(X509_EXTENSION* extension) {
    std::array<char, 256> text{};
    const int length = OBJ_obj2txt(text.data(), static_cast<int>(text.size()),
                                   X509_EXTENSION_get_object(extension), 1);
    if (length <= 0 || static_cast<std::size_t>(length) >= text.size()) return {};
    return text.data();
}

/// Every critical extension of the current certificate is OpenSSL's to judge, or the caller's.
bool is_understood(X509_STORE_CTX* context) {
    const auto* const understood =
        static_cast<const std::set<std::string>*>(X509_STORE_CTX_get_app_data(context));
    X509* const certificate = X509_STORE_CTX_get_current_cert(context);
    for (int i = 0; i < X509_get_ext_count(certificate); ++i) {
        X509_EXTENSION* const extension = X509_get_ext(certificate, i);
        if (X509_EXTENSION_get_critical(extension) == 0) continue;
        if (X509_supported_extension(extension) == 1) continue;
        if (!understood->contains(oid_of(extension))) return false;
    }
    return true;
}

int tolerate(int ok, X509_STORE_CTX* context) {
    if (ok == 1) return ok;
    const int error = X509_STORE_CTX_get_error(context);
    const bool tolerable =
        (error == X509_V_ERR_INVALID_CA && is_bare_anchor(context)) ||
        (error == X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION && is_understood(context));
    if (!tolerable) return ok;
    X509_STORE_CTX_set_error(context, X509_V_OK);
    return 1;
}

void push(STACK_OF(X509) * stack, X509Ptr certificate) {
    // The stack takes the reference only when it took the pointer.
    if (sk_X509_push(stack, certificate.get()) == 0) throw_crypto_fault("sk_X509_push");
    static_cast<void>(certificate.release());
}

}  // namespace

std::optional<std::string> objection_of_x509_verify(const std::vector<const Certificate*>& path,
                                                    PolicyCheck policy_check,
                                                    const std::set<std::string>& understood) {
    const X509StorePtr store = made(X509StorePtr(X509_STORE_new()), "X509_STORE_new");
    const X509StackPtr between = made(X509StackPtr(sk_X509_new_null()), "sk_X509_new_null");
    X509Ptr target;
    for (std::size_t i = 0; i < path.size(); ++i) {
        X509Ptr certificate = parsed(*path[i]);
        if (!certificate) return "OpenSSL cannot read a certificate";
        if (i + 1 == path.size())
            check(X509_STORE_add_cert(store.get(), certificate.get()), "add_cert");
        if (i == 0) {
            target = std::move(certificate);
        } else if (i + 1 != path.size()) {
            push(between.get(), std::move(certificate));
        }
    }
    const X509StoreContextPtr context =
        made(X509StoreContextPtr(X509_STORE_CTX_new()), "X509_STORE_CTX_new");
    check(X509_STORE_CTX_init(context.get(), store.get(), target.get(), between.get()),
          "X509_STORE_CTX_init");
    unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME;
    if (policy_check == PolicyCheck::yes) flags |= X509_V_FLAG_POLICY_CHECK;
    check(X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(context.get()), flags),
          "set_flags");
    // OpenSSL keeps a plain pointer; the callback reads it and no more.
    check(
        X509_STORE_CTX_set_app_data(context.get(), const_cast<std::set<std::string>*>(&understood)),
        "set_app_data");
    X509_STORE_CTX_set_verify_cb(context.get(), tolerate);
    const int outcome = X509_verify_cert(context.get());
    const int error = X509_STORE_CTX_get_error(context.get());
    ERR_clear_error();
    if (outcome == 1 && error == X509_V_OK) return std::nullopt;
    return std::string("OpenSSL says ") + X509_verify_cert_error_string(error);
}

}  // namespace hallmark
