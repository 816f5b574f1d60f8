#include "ca/attestation/tpm2_structures.h"

#include "ca/attestation/tpm2_reader.h"

namespace hallmark {
namespace {

constexpr std::uint32_t tpm_generated = 0xFF544347;  // Part 2, 6.2: TPM_GENERATED_VALUE
constexpr std::size_t largest_digest = 64;
constexpr std::size_t largest_name = 2 + largest_digest;  // Part 2, 10.5.3: TPMU_NAME
constexpr std::size_t largest_coordinate = 66;            // P-521
constexpr std::size_t largest_modulus = 512;
constexpr std::uint32_t rsa_default_exponent = 65537;
constexpr std::uint32_t known_attributes =
    0x000F0CF6;  // Part 2, 8.3.2: the rest is reserved and clear

Refusal malformed(std::string_view structure, std::string_view what) {
    return {Reason::evidence_not_accepted,
            "malformed: " + std::string(structure) + ": " + std::string(what)};
}

/// TPMT_SYM_DEF_OBJECT (Part 2, 11.1.7): a block cipher with key size and mode, or NULL.
bool read_symmetric(TpmReader& reader, TpmPublic& out) {
    out.symmetric = reader.u16();
    if (out.symmetric == tpm_alg::null) return true;
    if (out.symmetric != tpm_alg::aes && out.symmetric != tpm_alg::sm4 &&
        out.symmetric != tpm_alg::camellia) {
        return false;
    }
    const std::uint16_t bits = reader.u16();
    const std::uint16_t mode = reader.u16();
    return (bits == 128 || bits == 192 || bits == 256) && mode == tpm_alg::cfb;
}

/// TPMU_ASYM_SCHEME (Part 2, 11.2.3.5): RSAES and NULL have nothing, ECDAA a count behind its hash.
bool read_scheme(TpmReader& reader, TpmScheme& out) {
    out.algorithm = reader.u16();
    switch (out.algorithm) {
        case tpm_alg::null:
        case tpm_alg::rsaes:
            return true;
        case tpm_alg::rsassa:
        case tpm_alg::rsapss:
        case tpm_alg::oaep:
        case tpm_alg::ecdsa:
        case tpm_alg::ecdh:
        case tpm_alg::sm2:
        case tpm_alg::ecschnorr:
            out.hash = tpm_hash_from(reader.u16());
            return out.hash.has_value();
        case tpm_alg::ecdaa:
            out.hash = tpm_hash_from(reader.u16());
            static_cast<void>(reader.u16());
            return out.hash.has_value();
        default:
            return false;
    }
}

/// TPMT_KDF_SCHEME (Part 2, 11.2.3.3): MGF1, KDF1_SP800_56A, KDF2, KDF1_SP800_108, each with a
/// hash.
bool read_kdf(TpmReader& reader, TpmScheme& out) {
    out.algorithm = reader.u16();
    if (out.algorithm == tpm_alg::null) return true;
    const bool known =
        out.algorithm == 0x0007 || (out.algorithm >= 0x0020 && out.algorithm <= 0x0022);
    out.hash = tpm_hash_from(reader.u16());
    return known && out.hash.has_value();
}

std::optional<std::string_view> read_rsa(TpmReader& reader, TpmPublic& out) {
    out.key_bits = reader.u16();
    const std::uint32_t exponent = reader.u32();
    out.exponent = exponent == 0 ? rsa_default_exponent : exponent;
    out.modulus = reader.sized(largest_modulus);
    if (out.modulus.size() * 8 != out.key_bits) return "modulus and keyBits differ";
    return std::nullopt;
}

std::optional<std::string_view> read_ecc(TpmReader& reader, TpmPublic& out) {
    out.curve = reader.u16();
    if (!read_kdf(reader, out.kdf)) return "unknown kdf";
    out.x = reader.sized(largest_coordinate);
    out.y = reader.sized(largest_coordinate);
    if (out.x.empty() || out.y.empty()) return "a coordinate is empty";
    return std::nullopt;
}

}  // namespace

std::uint16_t tpm_alg_of(HashAlgorithm hash) noexcept {
    switch (hash) {
        case HashAlgorithm::sha1:
            return tpm_alg::sha1;
        case HashAlgorithm::sha256:
            return tpm_alg::sha256;
        case HashAlgorithm::sha384:
            return tpm_alg::sha384;
        case HashAlgorithm::sha512:
            return tpm_alg::sha512;
    }
    return tpm_alg::null;
}

std::optional<HashAlgorithm> tpm_hash_from(std::uint16_t algorithm) noexcept {
    switch (algorithm) {
        case tpm_alg::sha1:
            return HashAlgorithm::sha1;
        case tpm_alg::sha256:
            return HashAlgorithm::sha256;
        case tpm_alg::sha384:
            return HashAlgorithm::sha384;
        case tpm_alg::sha512:
            return HashAlgorithm::sha512;
        default:
            return std::nullopt;
    }
}

bool is_tpm_name(ByteView name) noexcept {
    if (name.size() < 2) return false;
    const auto hash = tpm_hash_from(static_cast<std::uint16_t>(name[0] << 8 | name[1]));
    return hash && name.size() == 2 + digest_size(*hash);
}

Result<TpmPublic> parse_tpm_public(ByteView structure) {
    constexpr std::string_view what = "TPMT_PUBLIC";
    TpmReader reader(structure);
    TpmPublic out;
    out.type = reader.u16();
    if (out.type != tpm_alg::rsa && out.type != tpm_alg::ecc)
        return malformed(what, "neither RSA nor ECC");
    const auto name_hash = tpm_hash_from(reader.u16());
    if (!name_hash) return malformed(what, "unknown nameAlg");
    out.name_hash = *name_hash;
    out.attributes = reader.u32();
    if ((out.attributes & ~known_attributes) != 0)
        return malformed(what, "a reserved attribute bit is set");
    out.auth_policy = reader.sized(largest_digest);
    if (!out.auth_policy.empty() && out.auth_policy.size() != digest_size(out.name_hash)) {
        return malformed(what, "authPolicy is no digest of nameAlg");
    }
    if (!read_symmetric(reader, out)) return malformed(what, "unknown symmetric definition");
    if (!read_scheme(reader, out.scheme)) return malformed(what, "unknown scheme");
    const auto complaint = out.type == tpm_alg::rsa ? read_rsa(reader, out) : read_ecc(reader, out);
    if (reader.failed()) return malformed(what, "cut short");
    if (complaint) return malformed(what, *complaint);
    if (!reader.finished()) return malformed(what, "octets trail");

    const std::uint16_t algorithm = tpm_alg_of(out.name_hash);
    out.name = {static_cast<unsigned char>(algorithm >> 8),
                static_cast<unsigned char>(algorithm & 0xFF)};
    append(out.name, hash(out.name_hash, structure));
    return out;
}

Result<TpmAttest> parse_tpm_attest(ByteView structure) {
    constexpr std::string_view what = "TPMS_ATTEST";
    TpmReader reader(structure);
    // A restricted key signs nothing from outside that begins so: the magic is what makes it the
    // TPM's own word.
    if (reader.u32() != tpm_generated) return malformed(what, "the magic is not TPM_GENERATED");
    TpmAttest out;
    out.type = reader.u16();
    out.qualified_signer = reader.sized(largest_name);
    out.extra_data = reader.sized(largest_name);
    out.clock = reader.u64();
    out.reset_count = reader.u32();
    out.restart_count = reader.u32();
    const std::uint8_t safe = reader.u8();
    if (safe > 1) return malformed(what, "safe is neither YES nor NO");
    out.safe = safe == 1;
    out.firmware_version = reader.u64();
    if (reader.failed()) return malformed(what, "cut short");
    if (out.type == TpmAttest::certify) {
        out.name = reader.sized(largest_name);
        out.qualified_name = reader.sized(largest_name);
    } else if (out.type == TpmAttest::creation) {
        out.name = reader.sized(largest_name);
        out.creation_hash = reader.sized(largest_digest);
    } else {
        return out;
    }
    if (reader.failed()) return malformed(what, "cut short");
    if (!reader.finished()) return malformed(what, "octets trail");
    return out;
}

Result<TpmSignature> parse_tpm_signature(ByteView structure) {
    constexpr std::string_view what = "TPMT_SIGNATURE";
    TpmReader reader(structure);
    TpmSignature out;
    out.algorithm = reader.u16();
    const bool rsa = out.algorithm == tpm_alg::rsassa || out.algorithm == tpm_alg::rsapss;
    if (!rsa && out.algorithm != tpm_alg::ecdsa)
        return malformed(what, "neither RSASSA, RSAPSS nor ECDSA");
    const auto signature_hash = tpm_hash_from(reader.u16());
    if (!signature_hash) return malformed(what, "unknown hash");
    out.hash = *signature_hash;
    if (rsa) {
        out.rsa = reader.sized(largest_modulus);
    } else {
        out.r = reader.sized(largest_coordinate);
        out.s = reader.sized(largest_coordinate);
    }
    if (reader.failed()) return malformed(what, "cut short");
    if (!reader.finished()) return malformed(what, "octets trail");
    if (rsa ? out.rsa.empty() : out.r.empty() || out.s.empty())
        return malformed(what, "a value is empty");
    return out;
}

Result<TpmCreation> parse_tpm_creation(ByteView structure) {
    constexpr std::string_view what = "TPM2B_CREATION_DATA";
    constexpr std::size_t largest_creation = 1024;
    // Part 2, 10.6.8: TPML_PCR_SELECTION has at most one selection a bank (HASH_COUNT).
    constexpr std::uint32_t most_selections = 16;
    TpmReader outer(structure);
    TpmCreation out;
    out.octets = outer.sized(largest_creation);
    if (outer.failed()) return malformed(what, "cut short");
    if (!outer.finished()) return malformed(what, "octets trail");
    TpmReader reader(out.octets);
    const std::uint32_t selections = reader.u32();
    if (selections > most_selections) return malformed(what, "too many PCR selections");
    for (std::uint32_t i = 0; i < selections; ++i) {
        static_cast<void>(reader.u16());
        static_cast<void>(reader.octets(reader.u8()));
    }
    static_cast<void>(reader.sized(largest_digest));  // pcrDigest
    static_cast<void>(reader.u8());                   // locality
    static_cast<void>(reader.u16());                  // parentNameAlg
    static_cast<void>(reader.sized(largest_name));    // parentName
    static_cast<void>(reader.sized(largest_name));    // parentQualifiedName
    static_cast<void>(reader.sized(largest_name));    // outsideInfo
    if (reader.failed()) return malformed(what, "cut short inside");
    if (!reader.finished()) return malformed(what, "octets trail inside");
    return out;
}

Result<PublicKey> public_key_of(const TpmPublic& structure) {
    auto key = [&]() -> Result<PublicKey> {
        if (structure.type == tpm_alg::rsa)
            return rsa_public_key(structure.modulus, structure.exponent);
        // Part 2, 6.4: TPM_ECC_NIST_P256 and TPM_ECC_NIST_P384.
        if (structure.curve == 0x0003)
            return ec_public_key(KeyAlgorithm::ec_p256, structure.x, structure.y);
        if (structure.curve == 0x0004)
            return ec_public_key(KeyAlgorithm::ec_p384, structure.x, structure.y);
        return Refusal{Reason::evidence_not_accepted, "neither P-256 nor P-384"};
    }();
    if (!key) return Refusal{Reason::evidence_not_accepted, "key: " + key.error().detail};
    return key;
}

}  // namespace hallmark
