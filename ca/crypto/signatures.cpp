#include "ca/crypto/signatures.h"

#include "ca/crypto/der.h"

#include <array>
#include <stdexcept>

#include <openssl/err.h>
#include <openssl/rsa.h>

namespace hallmark {

namespace {

enum class Scheme { ecdsa, pkcs1, pss, eddsa };

Scheme scheme_of(SignatureAlgorithm algorithm) noexcept {
    switch (algorithm) {
        case SignatureAlgorithm::ecdsa_sha1:
        case SignatureAlgorithm::ecdsa_sha256:
        case SignatureAlgorithm::ecdsa_sha384:
        case SignatureAlgorithm::ecdsa_sha512:
            return Scheme::ecdsa;
        case SignatureAlgorithm::rsa_pkcs1_sha1:
        case SignatureAlgorithm::rsa_pkcs1_sha256:
        case SignatureAlgorithm::rsa_pkcs1_sha384:
        case SignatureAlgorithm::rsa_pkcs1_sha512:
            return Scheme::pkcs1;
        case SignatureAlgorithm::rsa_pss_sha256:
        case SignatureAlgorithm::rsa_pss_sha384:
        case SignatureAlgorithm::rsa_pss_sha512:
            return Scheme::pss;
        case SignatureAlgorithm::ed25519:
            return Scheme::eddsa;
    }
    return Scheme::ecdsa;
}

const EVP_MD* md_of(HashAlgorithm algorithm) noexcept {
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
    return EVP_sha256();
}

struct IntegerPair {
    ByteView r;
    ByteView s;
};

/// RFC 3279 2.2.3: Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }, both positive here.
std::optional<IntegerPair> read_ecdsa(ByteView signature) {
    const auto outer = sole_element(signature, tag::sequence);
    if (!outer) return std::nullopt;
    DerReader reader(outer->content);
    const auto r = reader.integer();
    const auto s = reader.integer();
    if (!r || !s || !reader.at_end()) return std::nullopt;
    if (((*r)[0] & 0x80u) != 0 || ((*s)[0] & 0x80u) != 0) return std::nullopt;
    return IntegerPair{.r = *r, .s = *s};
}

bool fits(EVP_PKEY* key, Scheme scheme, ByteView signature) {
    if (key == nullptr) return false;
    const int kind = EVP_PKEY_get_base_id(key);
    if (scheme == Scheme::eddsa) return kind == EVP_PKEY_ED25519;
    if (scheme == Scheme::ecdsa) return kind == EVP_PKEY_EC && read_ecdsa(signature).has_value();
    // RFC 8017 8.1.2, 8.2.2: exactly as long as the modulus.
    return kind == EVP_PKEY_RSA &&
           signature.size() == static_cast<std::size_t>(EVP_PKEY_get_size(key));
}

/// RFC 8032 5.1.7: the scheme takes the message itself, and only whole.
bool verify_eddsa(EVP_PKEY* key, ByteView message, ByteView signature) {
    const MdContextPtr context = made(MdContextPtr(EVP_MD_CTX_new()), "EVP_MD_CTX_new");
    check(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key),
          "EVP_DigestVerifyInit");
    const int outcome = EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                                         message.data(), message.size());
    ERR_clear_error();
    return outcome == 1;
}

PkeyContextPtr make_context(EVP_PKEY* key, SignatureAlgorithm algorithm) {
    PkeyContextPtr context =
        made(PkeyContextPtr(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr)), "EVP_PKEY_CTX_new");
    check(EVP_PKEY_verify_init(context.get()), "EVP_PKEY_verify_init");
    const Scheme scheme = scheme_of(algorithm);
    const EVP_MD* const md = md_of(hash_of(algorithm));
    if (scheme != Scheme::ecdsa) {
        const int padding = scheme == Scheme::pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING;
        check(EVP_PKEY_CTX_set_rsa_padding(context.get(), padding), "set_rsa_padding");
        check(EVP_PKEY_CTX_set_signature_md(context.get(), md), "set_signature_md");
    }
    if (scheme == Scheme::pss) {
        check(EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), md), "set_rsa_mgf1_md");
        check(EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), RSA_PSS_SALTLEN_AUTO),
              "set_rsa_pss_saltlen");
    }
    return context;
}

/// This thread's last one: a list of signatures by one signer finds it ready from the second on. It
/// owns its key, so that no other key is ever taken for that one by its address.
EVP_PKEY_CTX* ready_context(EVP_PKEY* key, SignatureAlgorithm algorithm) {
    struct Ready {
        PkeyPtr key;
        SignatureAlgorithm algorithm{};
        PkeyContextPtr context;
    };
    thread_local Ready ready;
    if (ready.key.get() != key || ready.algorithm != algorithm) {
        PkeyContextPtr context = make_context(key, algorithm);
        check(EVP_PKEY_up_ref(key), "EVP_PKEY_up_ref");
        ready = {PkeyPtr(key), algorithm, std::move(context)};
    }
    return ready.context.get();
}

}  // namespace

bool verify_under(EVP_PKEY* key, const SignedMessage& signed_message) {
    const auto& [algorithm, message, signature] = signed_message;
    const Scheme scheme = scheme_of(algorithm);
    if (!fits(key, scheme, signature)) return false;
    if (scheme == Scheme::eddsa) return verify_eddsa(key, message, signature);
    const Bytes digest = hash(hash_of(algorithm), message);
    EVP_PKEY_CTX* const context = ready_context(key, algorithm);
    const int outcome =
        EVP_PKEY_verify(context, signature.data(), signature.size(), digest.data(), digest.size());
    if (outcome == 1) return true;
    // Zero and below both say no; what OpenSSL thought of a foreign signature is nobody's fault.
    ERR_clear_error();
    return false;
}

bool verify_signature(const PublicKey& key, SignatureAlgorithm algorithm, ByteView message,
                      ByteView signature) {
    return verify_under(key.handle(),
                        {.algorithm = algorithm, .message = message, .signature = signature});
}

Bytes ecdsa_der_from_integers(ByteView r, ByteView s) {
    // 66 octets hold an integer of P-521, the widest there is.
    if (r.size() > 66 || s.size() > 66) throw std::logic_error("an ECDSA integer over 66 octets");
    return der_sequence({der_unsigned(r), der_unsigned(s)});
}

Bytes ecdsa_der_from_raw(ByteView raw) {
    if (raw.size() % 2 != 0) throw std::logic_error("a raw ECDSA signature of odd length");
    return ecdsa_der_from_integers(raw.first(raw.size() / 2), raw.subspan(raw.size() / 2));
}

std::optional<Bytes> ecdsa_raw_from_der(ByteView signature, std::size_t field_octets) {
    const auto pair = read_ecdsa(signature);
    if (!pair) return std::nullopt;
    Bytes raw;
    for (ByteView integer : {pair->r, pair->s}) {
        if (integer.size() > 1 && integer[0] == 0) integer = integer.subspan(1);
        if (integer.size() > field_octets) return std::nullopt;
        raw.insert(raw.end(), field_octets - integer.size(), 0);
        append(raw, integer);
    }
    return raw;
}

}  // namespace hallmark
