#include "tests/support/soft_tpm.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

#include <map>
#include <mutex>

#include "ca/crypto/hash.h"

namespace hallmark::testing {
namespace {

using SignaturePtr = std::unique_ptr<ECDSA_SIG, FreeWith<ECDSA_SIG_free>>;

bool is_rsa(SoftKeyKind kind) {
    return kind == SoftKeyKind::rsa_1024 || kind == SoftKeyKind::rsa_2048 || kind == SoftKeyKind::rsa_3072;
}

std::size_t width_of(SoftKeyKind kind) {
    return kind == SoftKeyKind::ec_p256 ? 32 : kind == SoftKeyKind::ec_p384 ? 48 : 66;
}

HashAlgorithm hash_from(std::uint16_t id) {
    return id == 0x0004   ? HashAlgorithm::sha1
           : id == 0x000C ? HashAlgorithm::sha384
           : id == 0x000D ? HashAlgorithm::sha512
                          : HashAlgorithm::sha256;
}

const EVP_MD* md_from(HashAlgorithm algorithm) {
    return algorithm == HashAlgorithm::sha1     ? EVP_sha1()
           : algorithm == HashAlgorithm::sha384 ? EVP_sha384()
           : algorithm == HashAlgorithm::sha512 ? EVP_sha512()
                                                : EVP_sha256();
}

void put16(Bytes& to, std::size_t value) {
    to.push_back(static_cast<unsigned char>(value >> 8));
    to.push_back(static_cast<unsigned char>(value));
}

void put32(Bytes& to, std::uint32_t value) {
    put16(to, value >> 16);
    put16(to, value & 0xFFFF);
}

void put_sized(Bytes& to, ByteView content) {
    put16(to, content.size());
    append(to, content);
}

Bytes number_of(EVP_PKEY* key, const char* parameter, std::size_t width) {
    BIGNUM* raw = nullptr;
    check(EVP_PKEY_get_bn_param(key, parameter, &raw), parameter);
    const BignumPtr number(raw);
    Bytes out(width);
    if (BN_bn2binpad(raw, out.data(), static_cast<int>(width)) < 0) throw_crypto_fault(parameter);
    return out;
}

std::uint16_t scheme_of(const SoftObject& object) {
    const Bytes& scheme = object.fields.scheme;
    const auto id = static_cast<std::uint16_t>(scheme[0] << 8 | scheme[1]);
    if (id != 0x0010) return id;
    return is_rsa(object.kind) ? 0x0014 : 0x0018;
}

std::uint16_t scheme_hash_of(const SoftObject& object) {
    const Bytes& scheme = object.fields.scheme;
    return scheme.size() >= 4 ? static_cast<std::uint16_t>(scheme[2] << 8 | scheme[3]) : 0x000B;
}

Bytes raw_signature(const SoftObject& signer, ByteView message) {
    const MdContextPtr context = made(MdContextPtr(EVP_MD_CTX_new()), "EVP_MD_CTX_new");
    EVP_PKEY_CTX* key_context = nullptr;
    check(EVP_DigestSignInit(context.get(), &key_context, md_from(hash_from(scheme_hash_of(signer))), nullptr,
                             signer.key.get()),
          "EVP_DigestSignInit");
    if (scheme_of(signer) == 0x0016) {
        check(EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING), "PSS");
        check(EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, RSA_PSS_SALTLEN_DIGEST), "salt");
    }
    std::size_t size = 0;
    check(EVP_DigestSign(context.get(), nullptr, &size, message.data(), message.size()), "EVP_DigestSign");
    Bytes signature(size);
    check(EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()),
          "EVP_DigestSign");
    signature.resize(size);
    return signature;
}

/// Part 1, 11.4.10.2.
Bytes kdf_a(HashAlgorithm algorithm, ByteView key, std::string_view label, ByteView context,
            std::uint32_t octets) {
    Bytes out;
    for (std::uint32_t i = 1; out.size() < octets; ++i) {
        Bytes message;
        put32(message, i);
        append(message, label);
        message.push_back(0);
        append(message, context);
        put32(message, octets * 8);
        append(out, hmac(algorithm, key, message));
    }
    out.resize(octets);
    return out;
}

std::optional<ByteView> take_sized(ByteView& from) {
    if (from.size() < 2) return std::nullopt;
    const std::size_t size = static_cast<std::size_t>(from[0]) << 8 | from[1];
    if (from.size() - 2 < size) return std::nullopt;
    const ByteView taken = from.subspan(2, size);
    from = from.subspan(2 + size);
    return taken;
}

std::optional<Bytes> rsa_seed(EVP_PKEY* ek, HashAlgorithm algorithm, ByteView sealed) {
    const PkeyContextPtr context(EVP_PKEY_CTX_new(ek, nullptr));
    check(EVP_PKEY_decrypt_init(context.get()), "EVP_PKEY_decrypt_init");
    check(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING), "OAEP");
    check(EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), md_from(algorithm)), "OAEP hash");
    check(EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), md_from(algorithm)), "MGF1 hash");
    static constexpr char label[] = "IDENTITY";
    check(EVP_PKEY_CTX_set0_rsa_oaep_label(context.get(), OPENSSL_memdup(label, sizeof label), sizeof label),
          "label");
    Bytes seed(512);
    std::size_t size = seed.size();
    if (EVP_PKEY_decrypt(context.get(), seed.data(), &size, sealed.data(), sealed.size()) != 1) {
        return std::nullopt;
    }
    seed.resize(size);
    return seed;
}

/// Part 1, C.6.4: the other side of the ephemeral agreement, and KDFe.
std::optional<Bytes> ecc_seed(EVP_PKEY* ek, std::size_t width, HashAlgorithm algorithm, ByteView sealed) {
    const auto x = take_sized(sealed);
    const auto y = x ? take_sized(sealed) : std::nullopt;
    if (!y || !sealed.empty() || x->size() != width || y->size() != width) return std::nullopt;
    const Bytes point = concat({Bytes{4}, *x, *y});
    const PkeyPtr peer = made(PkeyPtr(EVP_PKEY_new()), "EVP_PKEY_new");
    check(EVP_PKEY_copy_parameters(peer.get(), ek), "EVP_PKEY_copy_parameters");
    if (EVP_PKEY_set1_encoded_public_key(peer.get(), point.data(), point.size()) != 1) return std::nullopt;
    const PkeyContextPtr context(EVP_PKEY_CTX_new(ek, nullptr));
    check(EVP_PKEY_derive_init(context.get()), "EVP_PKEY_derive_init");
    check(EVP_PKEY_derive_set_peer(context.get(), peer.get()), "EVP_PKEY_derive_set_peer");
    Bytes shared(width);
    std::size_t size = width;
    check(EVP_PKEY_derive(context.get(), shared.data(), &size), "EVP_PKEY_derive");
    Bytes message;
    put32(message, 1);
    append(message, shared);
    append(message, "IDENTITY");
    message.push_back(0);
    append(message, *x);
    append(message, number_of(ek, OSSL_PKEY_PARAM_EC_PUB_X, width));
    return hash(algorithm, message);
}

Bytes aes_cfb_decrypt(ByteView key, ByteView sealed) {
    const std::unique_ptr<EVP_CIPHER_CTX, FreeWith<EVP_CIPHER_CTX_free>> context(EVP_CIPHER_CTX_new());
    const unsigned char zero_iv[16] = {};
    check(EVP_DecryptInit_ex(context.get(), key.size() == 16 ? EVP_aes_128_cfb() : EVP_aes_256_cfb(), nullptr,
                             key.data(), zero_iv),
          "EVP_DecryptInit_ex");
    Bytes out(sealed.size());
    int size = 0;
    check(EVP_DecryptUpdate(context.get(), out.data(), &size, sealed.data(), static_cast<int>(sealed.size())),
          "EVP_DecryptUpdate");
    return out;
}

PkeyPtr fresh_key(SoftKeyKind kind) {
    switch (kind) {
        case SoftKeyKind::ec_p256: return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
        case SoftKeyKind::ec_p384: return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384"));
        case SoftKeyKind::ec_p521: return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-521"));
        case SoftKeyKind::rsa_1024: return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{1024}));
        case SoftKeyKind::rsa_2048: return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}));
        case SoftKeyKind::rsa_3072: return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{3072}));
    }
    return nullptr;
}

}  // namespace

PkeyPtr soft_key(SoftKeyKind kind, unsigned number) {
    if (!is_rsa(kind)) return made(fresh_key(kind), "keygen");
    static std::mutex mutex;
    static std::map<std::pair<SoftKeyKind, unsigned>, PkeyPtr> made_before;
    const std::lock_guard lock(mutex);
    PkeyPtr& key = made_before[{kind, number}];
    if (!key) key = made(fresh_key(kind), "keygen");
    check(EVP_PKEY_up_ref(key.get()), "EVP_PKEY_up_ref");
    return PkeyPtr(key.get());
}

SoftTemplate soft_ak_template(SoftKeyKind kind) {
    SoftTemplate fields;
    fields.attributes = 0x00050072;
    fields.scheme = is_rsa(kind) ? Bytes{0x00, 0x14, 0x00, 0x0B} : Bytes{0x00, 0x18, 0x00, 0x0B};
    return fields;
}

SoftObject soft_object(SoftKeyKind kind, SoftTemplate fields, unsigned number) {
    return {.kind = kind, .key = soft_key(kind, number), .fields = std::move(fields)};
}

Bytes SoftObject::public_area() const {
    Bytes out;
    put16(out, is_rsa(kind) ? 0x0001 : 0x0023);
    put16(out, fields.name_alg);
    put32(out, fields.attributes);
    put_sized(out, fields.auth_policy);
    append(out, fields.symmetric);
    append(out, fields.scheme);
    if (is_rsa(kind)) {
        const auto bits = static_cast<std::size_t>(EVP_PKEY_get_bits(key.get()));
        put16(out, bits);
        put32(out, fields.exponent);
        put_sized(out, number_of(key.get(), OSSL_PKEY_PARAM_RSA_N, bits / 8));
        return out;
    }
    const std::size_t width = width_of(kind);
    const std::uint16_t own_curve = width == 32 ? 0x0003 : width == 48 ? 0x0004 : 0x0005;
    put16(out, fields.curve.value_or(own_curve));
    append(out, fields.kdf);
    put_sized(out, number_of(key.get(), OSSL_PKEY_PARAM_EC_PUB_X, width));
    put_sized(out, number_of(key.get(), OSSL_PKEY_PARAM_EC_PUB_Y, width));
    return out;
}

Bytes SoftObject::name() const {
    Bytes out;
    put16(out, fields.name_alg);
    append(out, hash(hash_from(fields.name_alg), public_area()));
    return out;
}

Bytes SoftAttest::bytes() const {
    Bytes out;
    put32(out, magic);
    put16(out, type);
    put_sized(out, qualified_signer);
    put_sized(out, extra_data);
    append(out, Bytes{0, 0, 0, 0, 0, 1, 2, 3});  // clock
    put32(out, 7);                               // resetCount
    put32(out, 0);                               // restartCount
    out.push_back(safe);
    append(out, Bytes{0x20, 0x19, 0x10, 0x23, 0, 0x16, 0x36, 0x36});  // firmwareVersion
    put_sized(out, name);
    put_sized(out, qualified_name_or_hash);
    return out;
}

Bytes soft_sign(const SoftObject& signer, ByteView message) {
    Bytes out;
    put16(out, scheme_of(signer));
    put16(out, scheme_hash_of(signer));
    const Bytes raw = raw_signature(signer, message);
    if (is_rsa(signer.kind)) {
        put_sized(out, raw);
        return out;
    }
    const unsigned char* cursor = raw.data();
    const SignaturePtr pair(d2i_ECDSA_SIG(nullptr, &cursor, static_cast<long>(raw.size())));
    for (const BIGNUM* number : {ECDSA_SIG_get0_r(pair.get()), ECDSA_SIG_get0_s(pair.get())}) {
        Bytes padded(width_of(signer.kind));
        BN_bn2binpad(number, padded.data(), static_cast<int>(padded.size()));
        put_sized(out, padded);
    }
    return out;
}

SoftAttest soft_certify_attest(const SoftObject& signer, const SoftObject& key, ByteView nonce) {
    // Qualified Names as under a parent that nobody outside knows; only their form can be checked.
    return {.qualified_signer = signer.name(),
            .extra_data = to_bytes(nonce),
            .name = key.name(),
            .qualified_name_or_hash = key.name()};
}

SoftStatement soft_certify(const SoftObject& signer, const SoftObject& key, ByteView nonce) {
    SoftStatement out;
    out.attest = soft_certify_attest(signer, key, nonce).bytes();
    out.signature = soft_sign(signer, out.attest);
    return out;
}

SoftStatement soft_certify_creation(const SoftObject& signer, const SoftObject& key, ByteView nonce) {
    SoftStatement out;
    put32(out.creation_data, 1);                        // one PCR selection
    append(out.creation_data, Bytes{0x00, 0x0B, 3, 0, 0, 0});
    put_sized(out.creation_data, hash(HashAlgorithm::sha256, {}));  // pcrDigest
    out.creation_data.push_back(1);                     // locality
    put16(out.creation_data, 0x000B);                   // parentNameAlg
    put_sized(out.creation_data, signer.name());        // parentName
    put_sized(out.creation_data, signer.name());        // parentQualifiedName
    put_sized(out.creation_data, {});                   // outsideInfo
    SoftAttest attest = soft_certify_attest(signer, key, nonce);
    attest.type = 0x801A;
    attest.qualified_name_or_hash = hash(hash_from(key.fields.name_alg), out.creation_data);
    out.attest = attest.bytes();
    out.signature = soft_sign(signer, out.attest);
    return out;
}

SoftTpm::SoftTpm(const SoftVendor& vendor, SoftKeyKind ek_kind, const SoftCertificate& certificate,
                 unsigned number)
    : kind_(ek_kind),
      ek_(soft_key(ek_kind, number + 100)),
      ek_chain_{vendor.certify(spki_of(ek_.get()), certificate), vendor.intermediate()} {}

std::optional<Bytes> SoftTpm::activate(const SoftObject& ak, ByteView credential_blob, ByteView secret) const {
    const bool wide = kind_ == SoftKeyKind::ec_p384 || kind_ == SoftKeyKind::rsa_3072;
    const HashAlgorithm algorithm = wide ? HashAlgorithm::sha384 : HashAlgorithm::sha256;
    const auto identity = take_sized(credential_blob);
    const auto sealed_seed = take_sized(secret);
    if (!identity || !credential_blob.empty() || !sealed_seed || !secret.empty()) return std::nullopt;
    const auto seed = is_rsa(kind_) ? rsa_seed(ek_.get(), algorithm, *sealed_seed)
                                    : ecc_seed(ek_.get(), width_of(kind_), algorithm, *sealed_seed);
    if (!seed) return std::nullopt;
    ByteView sealed = *identity;
    const auto mac = take_sized(sealed);
    if (!mac) return std::nullopt;
    const auto digest_octets = static_cast<std::uint32_t>(digest_size(algorithm));
    const Bytes mac_key = kdf_a(algorithm, *seed, "INTEGRITY", {}, digest_octets);
    if (!equal(*mac, hmac(algorithm, mac_key, concat({sealed, ak.name()})))) return std::nullopt;
    const Bytes symmetric_key = kdf_a(algorithm, *seed, "STORAGE", ak.name(), wide ? 32 : 16);
    const Bytes opened = aes_cfb_decrypt(symmetric_key, sealed);
    ByteView rest = opened;
    const auto credential = take_sized(rest);
    if (!credential || !rest.empty()) return std::nullopt;
    return to_bytes(*credential);
}

}  // namespace hallmark::testing
