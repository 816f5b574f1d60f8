#include "station/tpm_templates.h"

#include "station/esys.h"

#include <algorithm>

#include <tss2/tss2_mu.h>

namespace hallmark {
namespace {

constexpr TPMA_OBJECT made_and_kept_here =
    TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT | TPMA_OBJECT_SENSITIVEDATAORIGIN;
constexpr TPMA_OBJECT storage = TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT;

// PolicySecret(TPM_RH_ENDORSEMENT), SHA-256: TCG EK Credential Profile B.6.2.
constexpr std::string_view policy_a =
    "837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa";
// PolicyB, the same or PolicyAuthorizeNV, for SHA-256 and SHA-384: B.6.5.
constexpr std::string_view policy_b_sha256 =
    "ca3d0a99a2b93906f7a3342414efcfb3a385d44cd1fd459089d19b5071c0b7a0";
constexpr std::string_view policy_b_sha384 =
    "b26e7d28d11a50bc53d882bcf5fd3a1a074148bb35d3b4e4cb1c0ad9bde419cacb47ba09699646150f9fc000f3f80e"
    "12";

void set_policy(TPMT_PUBLIC& area, std::string_view hex) {
    const Bytes policy = from_hex(hex).value();
    area.authPolicy.size = static_cast<UINT16>(policy.size());
    std::ranges::copy(policy, area.authPolicy.buffer);
}

TPMT_SYM_DEF_OBJECT aes_cfb(UINT16 bits) {
    TPMT_SYM_DEF_OBJECT aes{};
    aes.algorithm = TPM2_ALG_AES;
    aes.keyBits.aes = bits;
    aes.mode.aes = TPM2_ALG_CFB;
    return aes;
}

TPM2B_PUBLIC ecc(TPMI_ALG_HASH name_hash, TPMI_ECC_CURVE curve, TPMA_OBJECT attributes) {
    TPM2B_PUBLIC area{};
    area.publicArea.type = TPM2_ALG_ECC;
    area.publicArea.nameAlg = name_hash;
    area.publicArea.objectAttributes = attributes;
    TPMS_ECC_PARMS& parameters = area.publicArea.parameters.eccDetail;
    parameters.symmetric.algorithm = TPM2_ALG_NULL;
    parameters.scheme.scheme = TPM2_ALG_NULL;
    parameters.curveID = curve;
    parameters.kdf.scheme = TPM2_ALG_NULL;
    return area;
}

/// What all templates of a range and strength share (TCG EK Credential Profile 2.5, B.3, B.4).
void make_storage_key(TPMT_PUBLIC& key, const EkKind& kind) {
    key.nameAlg = kind.wide ? TPM2_ALG_SHA384 : TPM2_ALG_SHA256;
    key.objectAttributes = made_and_kept_here | storage | TPMA_OBJECT_ADMINWITHPOLICY;
    if (kind.high) key.objectAttributes |= TPMA_OBJECT_USERWITHAUTH;
    set_policy(key, !kind.high ? policy_a : kind.wide ? policy_b_sha384 : policy_b_sha256);
}

TPM2B_PUBLIC rsa_ek(const EkKind& kind) {
    TPM2B_PUBLIC area{};
    TPMT_PUBLIC& key = area.publicArea;
    key.type = TPM2_ALG_RSA;
    make_storage_key(key, kind);
    key.parameters.rsaDetail.symmetric = aes_cfb(kind.wide ? 256 : 128);
    key.parameters.rsaDetail.scheme.scheme = TPM2_ALG_NULL;
    key.parameters.rsaDetail.keyBits = kind.wide ? 3072 : 2048;
    if (!kind.high) key.unique.rsa.size = 256;  // Template L-1: 256 zero octets.
    return area;
}

TPM2B_PUBLIC ecc_ek(const EkKind& kind) {
    TPM2B_PUBLIC area =
        ecc(TPM2_ALG_SHA256, kind.wide ? TPM2_ECC_NIST_P384 : TPM2_ECC_NIST_P256, 0);
    make_storage_key(area.publicArea, kind);
    area.publicArea.parameters.eccDetail.symmetric = aes_cfb(kind.wide ? 256 : 128);
    if (!kind.high) {  // Template L-2: 32 zero octets each; H templates leave both empty.
        area.publicArea.unique.ecc.x.size = 32;
        area.publicArea.unique.ecc.y.size = 32;
    }
    return area;
}

}  // namespace

const std::vector<EkKind>& ek_kinds() {
    static const std::vector<EkKind> kinds{
        {.name = "p-256", .certificate = 0x01C0000A, .persistent = 0x81010002},
        {.name = "p-256-high", .certificate = 0x01C00014, .persistent = 0x81010014, .high = true},
        {.name = "p-384",
         .certificate = 0x01C00016,
         .persistent = 0x81010016,
         .high = true,
         .wide = true},
        {.name = "rsa-2048", .certificate = 0x01C00002, .persistent = 0x81010001, .rsa = true},
        {.name = "rsa-2048-high",
         .certificate = 0x01C00012,
         .persistent = 0x81010012,
         .rsa = true,
         .high = true},
        {.name = "rsa-3072",
         .certificate = 0x01C0001C,
         .persistent = 0x8101001C,
         .rsa = true,
         .high = true,
         .wide = true},
    };
    return kinds;
}

TPM2B_PUBLIC ek_template(const EkKind& kind) {
    return kind.rsa ? rsa_ek(kind) : ecc_ek(kind);
}

TPM2B_PUBLIC ak_template() {
    TPM2B_PUBLIC area = ecc(TPM2_ALG_SHA256, TPM2_ECC_NIST_P256,
                            made_and_kept_here | TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_RESTRICTED |
                                TPMA_OBJECT_SIGN_ENCRYPT);
    TPMT_ECC_SCHEME& scheme = area.publicArea.parameters.eccDetail.scheme;
    scheme.scheme = TPM2_ALG_ECDSA;
    scheme.details.ecdsa.hashAlg = TPM2_ALG_SHA256;
    return area;
}

TPM2B_PUBLIC srk_template() {
    TPM2B_PUBLIC area =
        ecc(TPM2_ALG_SHA256, TPM2_ECC_NIST_P256,
            made_and_kept_here | storage | TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_NODA);
    area.publicArea.parameters.eccDetail.symmetric = aes_cfb(128);
    return area;
}

TPM2B_PUBLIC leaf_template() {
    return ecc(TPM2_ALG_SHA256, TPM2_ECC_NIST_P256,
               made_and_kept_here | TPMA_OBJECT_USERWITHAUTH | TPMA_OBJECT_SIGN_ENCRYPT);
}

Bytes marshal_public(const TPM2B_PUBLIC& area) {
    Bytes bytes(sizeof(TPMT_PUBLIC));
    std::size_t used = 0;
    check_tpm(Tss2_MU_TPMT_PUBLIC_Marshal(&area.publicArea, bytes.data(), bytes.size(), &used),
              "marshal TPMT_PUBLIC");
    bytes.resize(used);
    return bytes;
}

Bytes tpm_name(const TPM2B_PUBLIC& area) {
    const TPMI_ALG_HASH algorithm = area.publicArea.nameAlg;
    HashAlgorithm hash_algorithm = HashAlgorithm::sha256;
    if (algorithm == TPM2_ALG_SHA384)
        hash_algorithm = HashAlgorithm::sha384;
    else if (algorithm != TPM2_ALG_SHA256)
        throw ElementFault("a key with an unexpected name algorithm");
    Bytes name{static_cast<unsigned char>(algorithm >> 8), static_cast<unsigned char>(algorithm)};
    append(name, ByteView(hash(hash_algorithm, marshal_public(area))));
    return name;
}

PublicKey public_key_of(const TPM2B_PUBLIC& area) {
    const TPMT_PUBLIC& key = area.publicArea;
    auto made = [&]() -> Result<PublicKey> {
        if (key.type == TPM2_ALG_RSA) {
            const UINT32 exponent =
                key.parameters.rsaDetail.exponent;  // Part 2, 12.2.3.5: zero means 65537.
            return rsa_public_key(ByteView(key.unique.rsa.buffer, key.unique.rsa.size),
                                  exponent == 0 ? 65537 : exponent);
        }
        const bool p384 = key.parameters.eccDetail.curveID == TPM2_ECC_NIST_P384;
        return ec_public_key(p384 ? KeyAlgorithm::ec_p384 : KeyAlgorithm::ec_p256,
                             ByteView(key.unique.ecc.x.buffer, key.unique.ecc.x.size),
                             ByteView(key.unique.ecc.y.buffer, key.unique.ecc.y.size));
    }();
    if (!made) throw ElementFault("the TPM made a key that nobody accepts: " + made.error().detail);
    return *made;
}

}  // namespace hallmark
