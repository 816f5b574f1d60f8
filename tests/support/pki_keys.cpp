#include "ca/crypto/openssl.h"
#include "tests/support/pki.h"

#include <stdexcept>

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

namespace hallmark::testing {

namespace {

PkeyPtr generate(EVP_PKEY_CTX* context) {
    EVP_PKEY* key = nullptr;
    check(EVP_PKEY_generate(context, &key), "EVP_PKEY_generate");
    return PkeyPtr(key);
}

bool is_pss(SignatureAlgorithm algorithm) {
    return name_of(algorithm).starts_with("rsa-pss");
}

const EVP_MD* md_of(SignatureAlgorithm algorithm) {
    switch (hash_of(algorithm)) {
        case HashAlgorithm::sha1:
            return EVP_sha1();
        case HashAlgorithm::sha256:
            return EVP_sha256();
        case HashAlgorithm::sha384:
            return EVP_sha384();
        case HashAlgorithm::sha512:
            return EVP_sha512();
    }
    throw std::logic_error("no such hash");
}

}  // namespace

TestKey::TestKey(std::shared_ptr<evp_pkey_st> handle) : handle_(std::move(handle)) {
    unsigned char* encoded = nullptr;
    const int length = i2d_PUBKEY(handle_.get(), &encoded);
    if (length <= 0) throw_crypto_fault("i2d_PUBKEY");
    spki_.assign(encoded, encoded + length);
    OPENSSL_free(encoded);
}

PublicKey TestKey::public_key() const {
    auto key = parse_public_key(spki_);
    if (!key) throw std::logic_error(key.error().detail);
    return *key;
}

Bytes TestKey::sign(ByteView message, SignatureAlgorithm algorithm) const {
    const MdContextPtr context = made(MdContextPtr(EVP_MD_CTX_new()), "EVP_MD_CTX_new");
    EVP_PKEY_CTX* parameters = nullptr;
    const bool is_eddsa = algorithm == SignatureAlgorithm::ed25519;
    check(EVP_DigestSignInit(context.get(), &parameters, is_eddsa ? nullptr : md_of(algorithm),
                             nullptr, handle()),
          "EVP_DigestSignInit");
    if (is_pss(algorithm)) {
        check(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING), "set_rsa_padding");
        check(EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST), "set_saltlen");
    }
    std::size_t size = 0;
    check(EVP_DigestSign(context.get(), nullptr, &size, message.data(), message.size()),
          "EVP_DigestSign");
    Bytes signature(size);
    check(EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()),
          "EVP_DigestSign");
    signature.resize(size);
    return signature;
}

SignatureAlgorithm TestKey::natural_algorithm() const {
    if (EVP_PKEY_get_base_id(handle()) == EVP_PKEY_RSA) return SignatureAlgorithm::rsa_pkcs1_sha256;
    if (EVP_PKEY_get_base_id(handle()) == EVP_PKEY_ED25519) return SignatureAlgorithm::ed25519;
    return EVP_PKEY_get_bits(handle()) == 384 ? SignatureAlgorithm::ecdsa_sha384
                                              : SignatureAlgorithm::ecdsa_sha256;
}

std::string TestKey::private_pem() const {
    const std::unique_ptr<BIO, FreeWith<BIO_free_all>> out(BIO_new(BIO_s_mem()));
    check(PEM_write_bio_PKCS8PrivateKey(out.get(), handle(), nullptr, nullptr, 0, nullptr, nullptr),
          "PEM_write_bio_PKCS8PrivateKey");
    char* text = nullptr;
    const long length = BIO_get_mem_data(out.get(), &text);
    return std::string(text, static_cast<std::size_t>(length));
}

TestKey make_ec_key_on(const char* group) {
    const PkeyContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
    check(EVP_PKEY_keygen_init(context.get()), "EVP_PKEY_keygen_init");
    check(EVP_PKEY_CTX_set_group_name(context.get(), group), "set_group_name");
    return TestKey(generate(context.get()));
}

TestKey make_ec_key(KeyAlgorithm curve) {
    return make_ec_key_on(curve == KeyAlgorithm::ec_p384 ? "P-384" : "P-256");
}

TestKey make_ed25519_key() {
    return TestKey(made(PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")), "keygen"));
}

TestKey make_rsa_key(unsigned bits, unsigned long exponent) {
    const PkeyContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
    check(EVP_PKEY_keygen_init(context.get()), "EVP_PKEY_keygen_init");
    check(EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), static_cast<int>(bits)), "set_bits");
    const BignumPtr e(BN_new());
    check(BN_set_word(e.get(), exponent), "BN_set_word");
    check(EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context.get(), e.get()), "set1_pubexp");
    return TestKey(generate(context.get()));
}

const TestKey& shared_rsa_key() {
    static const TestKey key = make_rsa_key();
    return key;
}

Bytes roca_modulus() {
    // k*M + 65537^a mod M, with M the product of the 38 primes of the fingerprint.
    constexpr std::array<unsigned, 38> primes{
        3,  5,  7,  11, 13, 17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67,  71,
        73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};
    const std::unique_ptr<BN_CTX, FreeWith<BN_CTX_free>> context(BN_CTX_new());
    const BignumPtr product(BN_new()), power(BN_new()), base(BN_new()), exponent(BN_new()),
        modulus(BN_new());
    check(BN_one(product.get()), "BN_one");
    for (const unsigned prime : primes)
        check(BN_mul_word(product.get(), prime), "BN_mul_word");
    check(BN_set_word(base.get(), 65537), "BN_set_word");
    check(BN_set_word(exponent.get(), 123457), "BN_set_word");
    check(BN_mod_exp(power.get(), base.get(), exponent.get(), product.get(), context.get()),
          "BN_mod_exp");
    const auto multiplier_bits = 2048 - BN_num_bits(product.get());
    for (;;) {
        check(BN_rand(modulus.get(), multiplier_bits + 1, BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ANY),
              "BN_rand");
        check(BN_mul(modulus.get(), modulus.get(), product.get(), context.get()), "BN_mul");
        check(BN_add(modulus.get(), modulus.get(), power.get()), "BN_add");
        if (BN_num_bits(modulus.get()) == 2048 && BN_is_odd(modulus.get()) != 0) break;
    }
    Bytes octets(256);
    if (BN_bn2binpad(modulus.get(), octets.data(), 256) != 256) throw_crypto_fault("BN_bn2binpad");
    return octets;
}

}  // namespace hallmark::testing
