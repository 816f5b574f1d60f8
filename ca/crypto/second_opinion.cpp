#include "ca/crypto/second_opinion.h"

#include "ca/crypto/openssl.h"

#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

namespace hallmark {
namespace {

void free_stack_alone(STACK_OF(X509) * stack) noexcept {
    sk_X509_free(stack);
}

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

/// In the place of OpenSSL's own internal_verify: every certificate's validity, and the leaf's
/// signature. The issuers' signatures were checked when they were read.
int verify_leaf(X509_STORE_CTX* context) {
    STACK_OF(X509)* const chain = X509_STORE_CTX_get0_chain(context);
    const time_t at = X509_VERIFY_PARAM_get_time(X509_STORE_CTX_get0_param(context));
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        const X509* const certificate = sk_X509_value(chain, i);
        X509_STORE_CTX_set_error_depth(context, i);
        if (ASN1_TIME_cmp_time_t(X509_get0_notBefore(certificate), at) > 0) {
            X509_STORE_CTX_set_error(context, X509_V_ERR_CERT_NOT_YET_VALID);
            return 0;
        }
        if (ASN1_TIME_cmp_time_t(X509_get0_notAfter(certificate), at) < 0) {
            X509_STORE_CTX_set_error(context, X509_V_ERR_CERT_HAS_EXPIRED);
            return 0;
        }
    }
    EVP_PKEY* const issuer = X509_get0_pubkey(sk_X509_value(chain, 1));
    if (issuer == nullptr || X509_verify(sk_X509_value(chain, 0), issuer) != 1) {
        X509_STORE_CTX_set_error_depth(context, 0);
        X509_STORE_CTX_set_error(context, X509_V_ERR_CERT_SIGNATURE_FAILURE);
        return 0;
    }
    return 1;
}

}  // namespace

struct OpensslIssuers::State {
    explicit State(const std::vector<Bytes>& ders);
    [[nodiscard]] std::optional<std::string> objection_to_path(X509* leaf, Instant at) const;

    std::vector<X509Ptr> issuers;
    X509StorePtr root;
    std::optional<std::string> objection_to_issuers;
};

OpensslIssuers::State::State(const std::vector<Bytes>& ders)
    : root(made(X509StorePtr(X509_STORE_new()), "X509_STORE_new")) {
    for (const Bytes& der : ders) {
        issuers.push_back(read(der));
        if (!issuers.back()) {
            objection_to_issuers = "an issuer cannot be read";
            return;
        }
    }
    if (issuers.empty()) {
        objection_to_issuers = "no issuer to check against";
        return;
    }
    for (std::size_t i = 0; i + 1 < issuers.size(); ++i) {
        EVP_PKEY* const key = X509_get0_pubkey(issuers[i + 1].get());
        if (key == nullptr || X509_verify(issuers[i].get(), key) != 1)
            objection_to_issuers = "an issuer is not signed by the next one";
    }
    ERR_clear_error();
    check(X509_STORE_add_cert(root.get(), issuers.back().get()), "X509_STORE_add_cert");
}

std::optional<std::string> OpensslIssuers::State::objection_to_path(X509* leaf, Instant at) const {
    // Owns the stack and not what is on it.
    const std::unique_ptr<STACK_OF(X509), FreeWith<free_stack_alone>> untrusted(sk_X509_new_null());
    for (std::size_t i = 0; i + 1 < issuers.size(); ++i)
        sk_X509_push(untrusted.get(), issuers[i].get());
    const X509StoreContextPtr context(X509_STORE_CTX_new());
    check(X509_STORE_CTX_init(context.get(), root.get(), leaf, untrusted.get()),
          "X509_STORE_CTX_init");
    X509_VERIFY_PARAM* const parameters = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_X509_STRICT | X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_time(
        parameters, std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
    X509_STORE_CTX_set_verify(context.get(), verify_leaf);
    const int verified = X509_verify_cert(context.get());
    const int error = X509_STORE_CTX_get_error(context.get());
    ERR_clear_error();
    if (verified == 1) return std::nullopt;
    return std::string("path: ") + X509_verify_cert_error_string(error);
}

OpensslIssuers::OpensslIssuers(const std::vector<Bytes>& issuers)
    : state_(std::make_unique<State>(issuers)) {}
OpensslIssuers::~OpensslIssuers() = default;
OpensslIssuers::OpensslIssuers(OpensslIssuers&&) noexcept = default;
OpensslIssuers& OpensslIssuers::operator=(OpensslIssuers&&) noexcept = default;

std::optional<std::string> OpensslIssuers::objection(const SecondOpinion& asked) const {
    const X509Ptr leaf = read(asked.certificate);
    if (!leaf) return "not a certificate";
    if (auto objection = form(leaf.get(), asked)) return objection;
    if (state_->objection_to_issuers) return state_->objection_to_issuers;
    return state_->objection_to_path(leaf.get(), asked.at);
}

}  // namespace hallmark
