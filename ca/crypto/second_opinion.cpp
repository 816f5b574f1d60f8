#include "ca/crypto/second_opinion.h"

#include "ca/crypto/openssl.h"

#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

namespace hallmark {
namespace {

using Store = std::unique_ptr<X509_STORE, FreeWith<X509_STORE_free>>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, FreeWith<X509_STORE_CTX_free>>;

X509Ptr read(ByteView der) {
    const unsigned char* cursor = der.data();
    X509Ptr certificate(d2i_X509(nullptr, &cursor, static_cast<long>(der.size())));
    if (!certificate || cursor != der.data() + der.size()) {
        ERR_clear_error();
        return nullptr;
    }
    return certificate;
}

Bytes written(int (*encode)(const X509*, unsigned char**), const X509* object) {
    unsigned char* out = nullptr;
    const int size = encode(object, &out);
    if (size <= 0) throw_crypto_fault("i2d");
    Bytes bytes(out, out + size);
    OPENSSL_free(out);
    return bytes;
}

Bytes spki_of(const X509* certificate) {
    unsigned char* out = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &out);
    if (size <= 0) throw_crypto_fault("i2d_X509_PUBKEY");
    Bytes bytes(out, out + size);
    OPENSSL_free(out);
    return bytes;
}

std::optional<std::string> form(X509* leaf, const SecondOpinion& asked) {
    if (!equal(written(i2d_X509, leaf), asked.certificate)) return "re-encoding differs";
    if (X509_get_version(leaf) != 2) return "not version 3";
    if (!equal(spki_of(leaf), asked.spki)) return "another public key";
    const ASN1_INTEGER* serial = X509_get0_serialNumber(leaf);
    const ByteView octets(ASN1_STRING_get0_data(serial),
                          static_cast<std::size_t>(ASN1_STRING_length(serial)));
    if (ASN1_STRING_type(serial) != V_ASN1_INTEGER || !equal(octets, asked.serial))
        return "another serial";
    if (X509_check_ca(leaf) != 0) return "it is a CA";
    if ((X509_get_extension_flags(leaf) & EXFLAG_INVALID) != 0) return "an extension is invalid";
    return std::nullopt;
}

std::optional<std::string> path(X509* leaf, const SecondOpinion& asked) {
    if (asked.issuers.empty()) return "no issuer to check against";
    const Store store(X509_STORE_new());
    STACK_OF(X509)* untrusted = sk_X509_new_null();
    std::vector<X509Ptr> issuers;
    for (const Bytes& der : asked.issuers) {
        issuers.push_back(read(der));
        if (!issuers.back()) return "an issuer cannot be read";
    }
    for (std::size_t i = 0; i + 1 < issuers.size(); ++i)
        sk_X509_push(untrusted, issuers[i].get());
    check(X509_STORE_add_cert(store.get(), issuers.back().get()), "X509_STORE_add_cert");
    const StoreContext context(X509_STORE_CTX_new());
    const int ready = X509_STORE_CTX_init(context.get(), store.get(), leaf, untrusted);
    if (ready != 1) {
        sk_X509_free(untrusted);
        throw_crypto_fault("X509_STORE_CTX_init");
    }
    X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_X509_STRICT | X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_time(
        parameters, std::chrono::floor<std::chrono::seconds>(asked.at).time_since_epoch().count());
    const int verified = X509_verify_cert(context.get());
    const int error = X509_STORE_CTX_get_error(context.get());
    sk_X509_free(untrusted);
    ERR_clear_error();
    if (verified == 1) return std::nullopt;
    return std::string("path: ") + X509_verify_cert_error_string(error);
}

}  // namespace

std::optional<std::string> objection_of_openssl(const SecondOpinion& asked) {
    const X509Ptr leaf = read(asked.certificate);
    if (!leaf) return "not a certificate";
    if (auto objection = form(leaf.get(), asked)) return objection;
    return path(leaf.get(), asked);
}

}  // namespace hallmark
