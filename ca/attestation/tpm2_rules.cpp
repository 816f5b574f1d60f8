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
    const TpmScheme& scheme = check.signer.scheme;
    const auto algorithm = algorithm_of(scheme);
    if (!algorithm || check.signature.algorithm != scheme.algorithm ||
        check.signature.hash != *scheme.hash) {
        return evidence_refused("signature", "not in the signer's scheme");
    }
    // RFC 8017 8.1.2, 8.2.2: as long as the modulus, no leading zeros cut.
    if (check.signer.type == tpm_alg::rsa &&
        check.signature.rsa.size() != check.signer.modulus.size()) {
        return evidence_refused("signature", "not as long as the modulus");
    }
    const Bytes signature = check.signer.type == tpm_alg::rsa
                                ? check.signature.rsa
                                : ecdsa_der_from_integers(check.signature.r, check.signature.s);
    if (!verify_signature(check.signer_key, *algorithm, check.attest, signature)) {
        return evidence_refused("signature", "does not verify under the signer's key");
    }
    return Done{};
}

}  // namespace hallmark
