// TPM2_ActivateCredential of the software TPM (Part 1, 24; Part 3, 12.5).
#include "ca/crypto/hash.h"
#include "station/simulator/soft_tpm.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/rsa.h>

namespace hallmark {
namespace {

bool is_wide(SoftKeyKind kind) {
    return kind == SoftKeyKind::ec_p384 || kind == SoftKeyKind::rsa_3072;
}

bool is_ec(SoftKeyKind kind) {
    return kind == SoftKeyKind::ec_p256 || kind == SoftKeyKind::ec_p384;
}

const EVP_MD* md_from(HashAlgorithm algorithm) {
    return algorithm == HashAlgorithm::sha384 ? EVP_sha384() : EVP_sha256();
}

void put32(Bytes& to, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) {
        to.push_back(static_cast<unsigned char>(value >> shift));
    }
}

Bytes own_x(EVP_PKEY* key, std::size_t width) {
    BIGNUM* raw = nullptr;
    check(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_X, &raw), "EC x");
    const BignumPtr number(raw);
    Bytes out(width);
    if (BN_bn2binpad(raw, out.data(), static_cast<int>(width)) < 0) throw_crypto_fault("EC x");
    return out;
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
    check(EVP_PKEY_CTX_set0_rsa_oaep_label(context.get(), OPENSSL_memdup(label, sizeof label),
                                           sizeof label),
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
std::optional<Bytes> ecc_seed(EVP_PKEY* ek, std::size_t width, HashAlgorithm algorithm,
                              ByteView sealed) {
    const auto x = take_sized(sealed);
    const auto y = x ? take_sized(sealed) : std::nullopt;
    if (!y || !sealed.empty() || x->size() != width || y->size() != width) return std::nullopt;
    const Bytes point = concat({Bytes{4}, *x, *y});
    const PkeyPtr peer = made(PkeyPtr(EVP_PKEY_new()), "EVP_PKEY_new");
    check(EVP_PKEY_copy_parameters(peer.get(), ek), "EVP_PKEY_copy_parameters");
    if (EVP_PKEY_set1_encoded_public_key(peer.get(), point.data(), point.size()) != 1)
        return std::nullopt;
    const PkeyContextPtr context(EVP_PKEY_CTX_new(ek, nullptr));
    check(EVP_PKEY_derive_init(context.get()), "EVP_PKEY_derive_init");
    // The point was found on its curve when it was taken; the cofactor is one.
    check(EVP_PKEY_derive_set_peer_ex(context.get(), peer.get(), 0), "EVP_PKEY_derive_set_peer_ex");
    Bytes shared(width);
    std::size_t size = width;
    check(EVP_PKEY_derive(context.get(), shared.data(), &size), "EVP_PKEY_derive");
    Bytes message;
    put32(message, 1);
    append(message, shared);
    append(message, "IDENTITY");
    message.push_back(0);
    append(message, *x);
    append(message, own_x(ek, width));
    return hash(algorithm, message);
}

Bytes aes_cfb_decrypt(ByteView key, ByteView sealed) {
    const std::unique_ptr<EVP_CIPHER_CTX, FreeWith<EVP_CIPHER_CTX_free>> context(
        EVP_CIPHER_CTX_new());
    const unsigned char zero_iv[16] = {};
    check(
        EVP_DecryptInit_ex(context.get(), key.size() == 16 ? EVP_aes_128_cfb() : EVP_aes_256_cfb(),
                           nullptr, key.data(), zero_iv),
        "EVP_DecryptInit_ex");
    Bytes out(sealed.size());
    int size = 0;
    check(EVP_DecryptUpdate(context.get(), out.data(), &size, sealed.data(),
                            static_cast<int>(sealed.size())),
          "EVP_DecryptUpdate");
    return out;
}

}  // namespace

SoftTpm::SoftTpm(const SoftVendor& vendor, SoftKeyKind ek_kind, const SoftCertificate& certificate,
                 unsigned number)
    : kind_(ek_kind),
      ek_(soft_key(ek_kind, number + 100)),
      ek_chain_{vendor.certify(spki_of(ek_.get()), certificate), vendor.intermediate()} {}

SoftTpm::SoftTpm(SoftKeyKind ek_kind, PkeyPtr ek, std::vector<Bytes> ek_chain)
    : kind_(ek_kind), ek_(std::move(ek)), ek_chain_(std::move(ek_chain)) {}

Bytes SoftTpm::ek_private() const {
    return private_der(ek_.get());
}

std::optional<Bytes> SoftTpm::activate(ByteView ak_name, ByteView credential_blob,
                                       ByteView secret) const {
    const bool wide = is_wide(kind_);
    const HashAlgorithm algorithm = wide ? HashAlgorithm::sha384 : HashAlgorithm::sha256;
    const auto identity = take_sized(credential_blob);
    const auto sealed_seed = take_sized(secret);
    if (!identity || !credential_blob.empty() || !sealed_seed || !secret.empty())
        return std::nullopt;
    const auto seed = !is_ec(kind_) ? rsa_seed(ek_.get(), algorithm, *sealed_seed)
                                    : ecc_seed(ek_.get(), wide ? 48 : 32, algorithm, *sealed_seed);
    if (!seed) return std::nullopt;
    ByteView sealed = *identity;
    const auto mac = take_sized(sealed);
    if (!mac) return std::nullopt;
    const auto digest_octets = static_cast<std::uint32_t>(digest_size(algorithm));
    const Bytes mac_key = kdf_a(algorithm, *seed, "INTEGRITY", {}, digest_octets);
    if (!equal(*mac, hmac(algorithm, mac_key, concat({sealed, ak_name})))) return std::nullopt;
    const Bytes symmetric_key = kdf_a(algorithm, *seed, "STORAGE", ak_name, wide ? 32 : 16);
    const Bytes opened = aes_cfb_decrypt(symmetric_key, sealed);
    ByteView rest = opened;
    const auto credential = take_sized(rest);
    if (!credential || !rest.empty()) return std::nullopt;
    return to_bytes(*credential);
}

}  // namespace hallmark
