#include "station/simulator/soft_tpm.h"

#include "ca/crypto/hash.h"

#include <map>
#include <mutex>

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

namespace hallmark {
namespace {

using SignaturePtr = std::unique_ptr<ECDSA_SIG, FreeWith<ECDSA_SIG_free>>;

bool is_rsa(SoftKeyKind kind) {
    return kind == SoftKeyKind::rsa_1024 || kind == SoftKeyKind::rsa_2048 ||
           kind == SoftKeyKind::rsa_3072;
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
    check(EVP_DigestSignInit(context.get(), &key_context,
                             md_from(hash_from(scheme_hash_of(signer))), nullptr, signer.key.get()),
          "EVP_DigestSignInit");
    if (scheme_of(signer) == 0x0016) {
        check(EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING), "PSS");
        check(EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, RSA_PSS_SALTLEN_DIGEST), "salt");
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

PkeyPtr fresh_key(SoftKeyKind kind) {
    switch (kind) {
        case SoftKeyKind::ec_p256:
            return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
        case SoftKeyKind::ec_p384:
            return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384"));
        case SoftKeyKind::ec_p521:
            return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-521"));
        case SoftKeyKind::rsa_1024:
            return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{1024}));
        case SoftKeyKind::rsa_2048:
            return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}));
        case SoftKeyKind::rsa_3072:
            return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{3072}));
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

SoftStatement soft_certify_creation(const SoftObject& signer, const SoftObject& key,
                                    ByteView nonce) {
    Bytes creation;
    put32(creation, 1);  // one PCR selection
    append(creation, Bytes{0x00, 0x0B, 3, 0, 0, 0});
    put_sized(creation, hash(HashAlgorithm::sha256, {}));  // pcrDigest
    creation.push_back(1);                                 // locality
    put16(creation, 0x000B);                               // parentNameAlg
    put_sized(creation, signer.name());                    // parentName
    put_sized(creation, signer.name());                    // parentQualifiedName
    put_sized(creation, {});                               // outsideInfo
    SoftAttest attest = soft_certify_attest(signer, key, nonce);
    attest.type = 0x801A;
    attest.qualified_name_or_hash = hash(hash_from(key.fields.name_alg), creation);
    SoftStatement out;
    put_sized(out.creation_data, creation);
    out.attest = attest.bytes();
    out.signature = soft_sign(signer, out.attest);
    return out;
}

Bytes soft_creation_ticket() {
    Bytes ticket;
    put16(ticket, 0x8021);      // TPM_ST_CREATION
    put32(ticket, 0x4000000B);  // TPM_RH_ENDORSEMENT
    put_sized(ticket, random_bytes(32));
    return ticket;
}

}  // namespace hallmark
