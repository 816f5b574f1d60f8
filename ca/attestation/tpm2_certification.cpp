#include "ca/attestation/tpm2_certification.h"

#include "ca/attestation/freshness.h"
#include "ca/attestation/members.h"
#include "ca/attestation/tpm2_credential.h"
#include "ca/attestation/tpm2_rules.h"
#include "ca/crypto/hash.h"

#include <array>

namespace hallmark {
namespace {

constexpr std::size_t activation_secret_octets = 32;  // Fits the smallest EK digest (SHA-256).

/// TPMS_ATTEST itself: what kind of statement it is and that it was made for us, now.
Result<Done> check_statement(const TpmCertification& certification, const Expected& expected) {
    const TpmAttest& attest = certification.attest;
    const std::uint16_t wanted =
        certification.creation_data ? TpmAttest::creation : TpmAttest::certify;
    if (attest.type != wanted) {
        const std::array<unsigned char, 2> type{static_cast<unsigned char>(attest.type >> 8),
                                                static_cast<unsigned char>(attest.type)};
        return evidence_refused(
            "type",
            "0x" + to_hex(type) +
                (attest.type == TpmAttest::quote ? " is a quote" : " is another attestation"));
    }
    if (attest.extra_data.empty()) return evidence_refused("nonce", "empty");
    HALLMARK_TRY(freshness, check_nonce(attest.extra_data, expected));
    return Done{};
}

Result<Done> check_signature(const TpmSigner& signer, ByteView attest,
                             const TpmSignature& signature) {
    if (!signer.structure)
        return check_certified_signature(
            {.signer_key = signer.key, .attest = attest, .signature = signature});
    return check_attestation_signature({.signer = *signer.structure,
                                        .signer_key = signer.key,
                                        .attest = attest,
                                        .signature = signature});
}

/// Name by Name: the attested object is this key, and its creation data are these.
Result<Done> check_subject(const TpmCertification& certification,
                           const std::optional<TpmPublic>& signer) {
    const auto& [octets, attest, signature, key, creation_data] = certification;
    HALLMARK_TRY(named, check_name_algorithm(key, "key"));
    if (attest.name != key.name)
        return evidence_refused("name", "the certified Name is not this key's");
    // A QN has the algorithm of its object's nameAlg (Part 1, 16). More it does not prove: the
    // signer wrote it.
    const auto fits = [](ByteView qualified, const TpmPublic& object) {
        return is_tpm_name(qualified) && equal(qualified.first(2), ByteView(object.name).first(2));
    };
    if (signer ? !fits(attest.qualified_signer, *signer) : !is_tpm_name(attest.qualified_signer))
        return evidence_refused("name", "qualifiedSigner is not the signer's");
    if (!creation_data) {
        if (!fits(attest.qualified_name, key))
            return evidence_refused("name", "qualifiedName is not the key's");
        return Done{};
    }
    HALLMARK_TRY(creation, parse_tpm_creation(*creation_data));
    if (attest.creation_hash != hash(key.name_hash, creation.octets)) {
        return evidence_refused("creation", "creationHash is not of these creation data");
    }
    return Done{};
}

Result<PublicKey> check_leaf(const TpmPublic& structure, const Expected& expected) {
    HALLMARK_TRY(suitable, check_leaf_key(structure));
    HALLMARK_TRY(key, public_key_of(structure));
    HALLMARK_TRY(meant, check_key(key.spki(), expected));
    return key;
}

std::string hex_number(std::uint64_t value) {
    Bytes octets;
    for (int shift = 56; shift >= 0; shift -= 8)
        octets.push_back(static_cast<unsigned char>(value >> shift));
    return to_hex(octets);
}

/// Nothing of it without the tie between AK and TPM: activation under the EK, or the word of the
/// AK's issuer, where it gives it. What the key's attributes say then is the TPM's own word.
TpmResidency residency_of(const TpmFindings& found) {
    const bool tied = found.activation == "proven" ||
                      (found.activation == "certificate" && found.endorsement.asserts_residency);
    if (!tied) return {};
    const TpmPublic& key = found.certification.key;
    const bool fixed = key.has(TpmAttribute::fixed_tpm);
    return {
        .resident = true, .fixed = fixed, .restricted = fixed && key.has(TpmAttribute::restricted)};
}

std::string told(const TpmResidency& residency) {
    std::string text = "resident";
    if (residency.fixed) text += " fixed";
    if (residency.restricted) text += " restricted";
    return text;
}

}  // namespace

Result<TpmSigner> read_tpm_signer(ByteView public_area, const Endorsement& endorsement) {
    HALLMARK_TRY(structure, parse_tpm_public(public_area));
    HALLMARK_TRY(suitable, check_attestation_key(structure));
    HALLMARK_TRY(named, check_name_algorithm(structure, "signer"));
    auto key = public_key_of(structure);
    if (!key) return evidence_refused("signer", key.error().detail);
    if (endorsement.kind == EndorsedKey::ak && key->spki() != endorsement.key.spki()) {
        return evidence_refused("signer", "not the key of the AK certificate");
    }
    return TpmSigner{.structure = structure, .key = *key};
}

Result<TpmSigner> certified_tpm_signer(const Endorsement& endorsement) {
    if (endorsement.kind != EndorsedKey::ak)
        return evidence_refused("signer", "not said what it is");
    return TpmSigner{.structure = std::nullopt, .key = endorsement.key};
}

Opening open_for_signer(const Endorsement& endorsement, const TpmSigner& signer) {
    Opening opening;
    opening.ak_name = signer.structure->name;
    opening.element_key = endorsement.key.digest();
    if (endorsement.kind == EndorsedKey::ak) return opening;
    opening.ek_certificate = endorsement.certificate;
    opening.activation_secret = random_bytes(activation_secret_octets);
    TpmCredential credential = make_credential(
        {.ek = endorsement.key, .ak_name = *opening.ak_name, .secret = *opening.activation_secret});
    opening.answer.emplace_back("credential_blob", std::move(credential.blob));
    opening.answer.emplace_back("secret", std::move(credential.secret));
    return opening;
}

Result<PublicKey> check_certification(const TpmCertification& certification,
                                      const TpmSigner& signer, const Expected& expected) {
    HALLMARK_TRY(stated, check_statement(certification, expected));
    HALLMARK_TRY(signed_,
                 check_signature(signer, certification.attest_octets, certification.signature));
    HALLMARK_TRY(subject, check_subject(certification, signer.structure));
    return check_leaf(certification.key, expected);
}

VerifiedElement certified_element(const TpmFindings& found) {
    const TpmIdentity& identity = found.endorsement.identity;
    const TpmAttest& attest = found.certification.attest;
    Claims claims;
    claims.format = std::string(found.format);
    claims.vendor = found.pin.vendor.get().empty() ? std::string(identity.manufacturer.vendor)
                                                   : found.pin.vendor.get();
    claims.model = identity.model;
    claims.public_key = found.leaf.spki();
    claims.origin = "generated";
    claims.exportable = false;
    claims.usage = {"sign"};
    claims.freshness = found.fresh ? "nonce" : "unchecked";
    claims.assurance = Assurance::hw_key_attested;
    claims.tpm_residency = residency_of(found);
    claims.anchor = found.endorsement.anchor;
    claims.detail = {
        {"activation", found.activation},
        {found.endorsement.kind == EndorsedKey::ak ? "ak_certificate" : "ek_certificate",
         to_hex(found.endorsement.certificate)},
        {"attested_by", attest.type == TpmAttest::creation ? "certify-creation" : "certify"},
        {"clock_safe", attest.safe ? "yes" : "no"},
        // Obfuscated unless the signer is in the endorsement hierarchy: told, and never the
        // firmware claim.
        {"firmware_version", hex_number(attest.firmware_version)},
        {"key_name", to_hex(attest.name)},
        {"tpm_kind", std::string(tpm_kind_of(identity))},
        {"tpm_version", identity.version},
    };
    if (found.signer.structure) claims.detail.emplace_back("ak_name", to_hex(found.signer.name()));
    if (claims.tpm_residency.resident)
        claims.detail.emplace_back("tpm_residency", told(claims.tpm_residency));
    return {.claims = std::move(claims), .element_key = found.endorsement.key.digest()};
}

}  // namespace hallmark
