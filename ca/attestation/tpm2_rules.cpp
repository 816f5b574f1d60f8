#include "ca/attestation/tpm2_rules.h"

#include "ca/attestation/members.h"

#include <string>

namespace hallmark {
namespace {

/// The clear ones of the three attributes that say where a key was born and that it stays there.
std::string clear_home_attributes(const TpmPublic& key) {
    std::string names;
    const auto note = [&](TpmAttribute attribute, std::string_view name) {
        if (key.has(attribute)) return;
        if (!names.empty()) names += ", ";
        names += name;
    };
    note(TpmAttribute::fixed_tpm, "fixedTPM");
    note(TpmAttribute::fixed_parent, "fixedParent");
    note(TpmAttribute::sensitive_data_origin, "sensitiveDataOrigin");
    return names;
}

bool is_signature_scheme(std::uint16_t type, const TpmScheme& scheme) {
    if (type == tpm_alg::ecc) return scheme.algorithm == tpm_alg::ecdsa;
    return scheme.algorithm == tpm_alg::rsassa || scheme.algorithm == tpm_alg::rsapss;
}

std::optional<SignatureAlgorithm> algorithm_of(const TpmScheme& scheme) {
    if (!scheme.hash) return std::nullopt;
    const bool sha256 = *scheme.hash == HashAlgorithm::sha256;
    if (!sha256 && *scheme.hash != HashAlgorithm::sha384) return std::nullopt;
    switch (scheme.algorithm) {
        case tpm_alg::ecdsa:
            return sha256 ? SignatureAlgorithm::ecdsa_sha256 : SignatureAlgorithm::ecdsa_sha384;
        case tpm_alg::rsassa:
            return sha256 ? SignatureAlgorithm::rsa_pkcs1_sha256
                          : SignatureAlgorithm::rsa_pkcs1_sha384;
        case tpm_alg::rsapss:
            return sha256 ? SignatureAlgorithm::rsa_pss_sha256 : SignatureAlgorithm::rsa_pss_sha384;
        default:
            return std::nullopt;
    }
}

std::size_t modulus_octets(KeyAlgorithm algorithm) {
    switch (algorithm) {
        case KeyAlgorithm::rsa_2048:
            return 256;
        case KeyAlgorithm::rsa_3072:
            return 384;
        case KeyAlgorithm::rsa_4096:
            return 512;
        default:
            return 0;
    }
}

Result<Done> check_verifies(const CertifiedSignature& check, SignatureAlgorithm algorithm) {
    const TpmSignature& signature = check.signature;
    const PublicKey& key = check.signer_key;
    // RFC 8017 8.1.2, 8.2.2: as long as the modulus, no leading zeros cut.
    if (!key.is_ec() && signature.rsa.size() != modulus_octets(key.algorithm())) {
        return evidence_refused("signature", "not as long as the modulus");
    }
    const Bytes octets =
        key.is_ec() ? ecdsa_der_from_integers(signature.r, signature.s) : signature.rsa;
    if (!verify_signature(key, algorithm, check.attest, octets)) {
        return evidence_refused("signature", "does not verify under the signer's key");
    }
    return Done{};
}

struct SignatureCheck {
    const TpmScheme& scheme;
    const TpmPublic& signer;
    const PublicKey& key;
    ByteView message;
    const TpmSignature& signature;
};
std::optional<std::string_view> objection_to(const SignatureCheck& check) {
    const auto& [scheme, signer, key, message, signature] = check;
    const auto algorithm = algorithm_of(scheme);
    if (!algorithm || !is_signature_scheme(signer.type, scheme) ||
        signature.algorithm != scheme.algorithm || signature.hash != *scheme.hash) {
        return "not in the signer's scheme";
    }
    const bool rsa = signer.type == tpm_alg::rsa;
    // RFC 8017 8.1.2, 8.2.2: as long as the modulus, no leading zeros cut.
    if (rsa && signature.rsa.size() != signer.modulus.size()) return "not as long as the modulus";
    const Bytes octets = rsa ? signature.rsa : ecdsa_der_from_integers(signature.r, signature.s);
    if (!verify_signature(key, *algorithm, message, octets))
        return "does not verify under the signer's key";
    return std::nullopt;
}

}  // namespace

Result<Done> check_attestation_key(const TpmPublic& key) {
    if (!key.has(TpmAttribute::restricted))
        return evidence_refused("signer", "not a restricted key");
    if (!key.has(TpmAttribute::sign)) return evidence_refused("signer", "cannot sign");
    if (key.has(TpmAttribute::decrypt)) return evidence_refused("signer", "decrypt is set");
    const std::string clear = clear_home_attributes(key);
    if (!clear.empty())
        return evidence_refused("signer", "not bound to its TPM: " + clear + " clear");
    if (key.has(TpmAttribute::encrypted_duplication))
        return evidence_refused("signer", "encryptedDuplication is set");
    if (key.has(TpmAttribute::st_clear)) return evidence_refused("signer", "stClear is set");
    if (key.has(TpmAttribute::x509_sign)) return evidence_refused("signer", "x509sign is set");
    // Part 1, 25.1.4: only storage keys have a symmetric algorithm.
    if (key.symmetric != tpm_alg::null)
        return evidence_refused("signer", "a signing key with a symmetric algorithm");
    if (!is_signature_scheme(key.type, key.scheme))
        return evidence_refused("signer", "no signature scheme of its own");
    if (!algorithm_of(key.scheme)) return evidence_refused("signer", "neither SHA-256 nor SHA-384");
    return Done{};
}

Result<Done> check_leaf_key(const TpmPublic& key) {
    const std::string clear = clear_home_attributes(key);
    if (!key.has(TpmAttribute::sensitive_data_origin))
        return evidence_refused("key", "imported: " + clear + " clear");
    if (!clear.empty()) return evidence_refused("key", "duplicable: " + clear + " clear");
    if (!key.has(TpmAttribute::sign)) return evidence_refused("key", "cannot sign");
    if (key.has(TpmAttribute::restricted)) return evidence_refused("key", "restricted");
    if (key.has(TpmAttribute::decrypt)) return evidence_refused("key", "decrypt is set");
    if (key.has(TpmAttribute::encrypted_duplication))
        return evidence_refused("key", "encryptedDuplication is set");
    if (key.has(TpmAttribute::st_clear))
        return evidence_refused("key", "stClear is set: gone with the next reset");
    if (key.has(TpmAttribute::x509_sign)) return evidence_refused("key", "x509sign is set");
    if (key.symmetric != tpm_alg::null)
        return evidence_refused("key", "a signing key with a symmetric algorithm");
    if (key.scheme.algorithm == tpm_alg::null) return Done{};
    if (!is_signature_scheme(key.type, key.scheme))
        return evidence_refused("key", "a scheme that is no signature");
    if (*key.scheme.hash == HashAlgorithm::sha1)
        return evidence_refused("key", "a scheme with SHA-1");
    return Done{};
}

Result<Done> check_name_algorithm(const TpmPublic& key, std::string_view whose) {
    // A Name of SHA-1 could be made to fit two keys.
    if (key.name_hash == HashAlgorithm::sha1)
        return evidence_refused("name", "the " + std::string(whose) + "'s nameAlg is SHA-1");
    return Done{};
}

Result<Done> check_attestation_signature(const AttestationSignature& check) {
    const auto objection = objection_to({.scheme = check.signer.scheme,
                                         .signer = check.signer,
                                         .key = check.signer_key,
                                         .message = check.attest,
                                         .signature = check.signature});
    if (objection) return evidence_refused("signature", *objection);
    return Done{};
}

Result<Done> check_leaf_signature(const LeafSignature& check) {
    const bool its_own = check.signer.scheme.algorithm != tpm_alg::null;
    const TpmScheme named{.algorithm = check.signature.algorithm, .hash = check.signature.hash};
    const auto objection = objection_to({.scheme = its_own ? check.signer.scheme : named,
                                         .signer = check.signer,
                                         .key = check.signer_key,
                                         .message = check.message,
                                         .signature = check.signature});
    if (objection) return evidence_refused("request", *objection);
    return Done{};
}

Result<Done> check_certified_signature(const CertifiedSignature& check) {
    const TpmSignature& signature = check.signature;
    if ((signature.algorithm == tpm_alg::ecdsa) != check.signer_key.is_ec())
        return evidence_refused("signature", "of another kind than the signer's key");
    const auto algorithm = algorithm_of({.algorithm = signature.algorithm, .hash = signature.hash});
    if (!algorithm) return evidence_refused("signature", "neither SHA-256 nor SHA-384");
    return check_verifies(check, *algorithm);
}

}  // namespace hallmark
