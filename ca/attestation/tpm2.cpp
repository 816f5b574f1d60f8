#include "ca/attestation/tpm2.h"

#include "ca/attestation/freshness.h"
#include "ca/attestation/members.h"
#include "ca/attestation/tpm2_activation.h"
#include "ca/attestation/tpm2_credential.h"
#include "ca/attestation/tpm2_endorsement.h"
#include "ca/attestation/tpm2_rules.h"
#include "ca/attestation/tpm2_structures.h"
#include "ca/crypto/hash.h"

#include <algorithm>
#include <array>

namespace hallmark {
namespace {

constexpr std::size_t activation_secret_octets = 32;  // Fits the smallest EK digest (SHA-256).

/// Two ways to say where the AK lives would be two answers.
Result<Done> check_ak_members(const Evidence& evidence) {
    if ((evidence.find("ek_chain") != nullptr) == (evidence.find("ak_chain") != nullptr))
        return evidence_refused("member", "one of ek_chain and ak_chain");
    return Done{};
}

Result<Endorsement> endorsement_of(const Evidence& evidence, const ChainValidator& chains,
                                   const VendorPin& pin, Instant now) {
    const EvidenceMember* ak_chain = evidence.find("ak_chain");
    return check_endorsement({.chains = chains,
                              .pin = pin,
                              .chain = (ak_chain ? ak_chain : evidence.find("ek_chain"))->values,
                              .kind = ak_chain ? EndorsedKey::ak : EndorsedKey::ek,
                              .now = now});
}

struct Signer {
    TpmPublic structure;
    PublicKey key;
};

Result<Signer> check_signer(const Evidence& evidence, const Endorsement& endorsement) {
    HALLMARK_TRY(structure, parse_tpm_public(evidence.find("ak_public")->values.front()));
    HALLMARK_TRY(suitable, check_attestation_key(structure));
    HALLMARK_TRY(named, check_name_algorithm(structure, "signer"));
    auto key = public_key_of(structure);
    if (!key) return evidence_refused("signer", key.error().detail);
    if (endorsement.kind == EndorsedKey::ak && key->spki() != endorsement.key.spki()) {
        return evidence_refused("signer", "not the key of the AK certificate");
    }
    return Signer{.structure = structure, .key = *key};
}

/// TPMS_ATTEST itself: what kind of statement it is and that it was made for us, now.
Result<Done> check_statement(const TpmAttest& attest, const Evidence& evidence,
                             const Expected& expected) {
    const EvidenceMember* creation_data = evidence.find("creation_data");
    const std::uint16_t wanted = creation_data ? TpmAttest::creation : TpmAttest::certify;
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

/// Name by Name: the attested object is this key, and its creation data are these.
Result<Done> check_subject(const TpmAttest& attest, const TpmPublic& key, const TpmPublic& signer,
                           const Evidence& evidence) {
    HALLMARK_TRY(named, check_name_algorithm(key, "key"));
    if (attest.name != key.name)
        return evidence_refused("name", "the certified Name is not this key's");
    // A QN has the algorithm of its object's nameAlg (Part 1, 16). More it does not prove: the
    // signer wrote it.
    const auto fits = [](ByteView qualified, const TpmPublic& object) {
        return is_tpm_name(qualified) && equal(qualified.first(2), ByteView(object.name).first(2));
    };
    if (!fits(attest.qualified_signer, signer))
        return evidence_refused("name", "qualifiedSigner is not the signer's");
    const EvidenceMember* creation_data = evidence.find("creation_data");
    if (!creation_data) {
        if (!fits(attest.qualified_name, key))
            return evidence_refused("name", "qualifiedName is not the key's");
        return Done{};
    }
    HALLMARK_TRY(creation, parse_tpm_creation(creation_data->values.front()));
    if (attest.creation_hash != hash(key.name_hash, creation.octets)) {
        return evidence_refused("creation", "creationHash is not of these creation data");
    }
    return Done{};
}

Result<PublicKey> check_leaf(const TpmPublic& structure, const Expected& expected) {
    HALLMARK_TRY(suitable, check_leaf_key(structure));
    HALLMARK_TRY(key, public_key_of(structure));
    if (expected.spki && key.spki() != *expected.spki) {
        return evidence_refused("key", "the attested key is not the requested one");
    }
    return key;
}

std::string hex_number(std::uint64_t value) {
    Bytes octets;
    for (int shift = 56; shift >= 0; shift -= 8)
        octets.push_back(static_cast<unsigned char>(value >> shift));
    return to_hex(octets);
}

struct Findings {
    const Endorsement& endorsement;
    const Signer& signer;
    const TpmAttest& attest;
    const PublicKey& leaf;
    const std::string& activation;
    bool fresh;
};

Claims claims_of(const Findings& found, const VendorPin& pin) {
    const TpmIdentity& identity = found.endorsement.identity;
    Claims claims;
    claims.format = "tpm2";
    claims.vendor =
        pin.vendor.get().empty() ? std::string(identity.manufacturer.vendor) : pin.vendor.get();
    claims.model = identity.model;
    claims.public_key = found.leaf.spki();
    claims.origin = "generated";
    claims.exportable = false;
    claims.usage = {"sign"};
    claims.freshness = found.fresh ? "nonce" : "unchecked";
    claims.assurance = Assurance::hw_key_attested;
    claims.anchor = found.endorsement.anchor;
    claims.detail = {
        {"activation", found.activation},
        {"ak_name", to_hex(found.signer.structure.name)},
        {found.endorsement.kind == EndorsedKey::ak ? "ak_certificate" : "ek_certificate",
         to_hex(found.endorsement.certificate)},
        {"attested_by", found.attest.type == TpmAttest::creation ? "certify-creation" : "certify"},
        {"clock_safe", found.attest.safe ? "yes" : "no"},
        // Obfuscated unless the signer is in the endorsement hierarchy: told, and never the
        // firmware claim.
        {"firmware_version", hex_number(found.attest.firmware_version)},
        {"key_name", to_hex(found.attest.name)},
        {"tpm_version", identity.version},
    };
    if (!identity.manufacturer.kind.empty()) {
        claims.detail.emplace_back("tpm_class", std::string(identity.manufacturer.kind));
    }
    return claims;
}

}  // namespace

Result<Opening> Tpm2Verifier::open(const ChallengeRequest& request, const VendorPin& pin,
                                   Instant now) const {
    const Evidence& evidence = request.evidence;
    HALLMARK_TRY(members, check_members(evidence, {{"ek_chain", true, false},
                                                   {"ak_chain", true, false},
                                                   {"ak_public", false, true}}));
    HALLMARK_TRY(one_way, check_ak_members(evidence));
    HALLMARK_TRY(endorsement, endorsement_of(evidence, chains_, pin, now));
    // Before anything is sealed: a credential for an unsuitable AK would be an oracle for its
    // owner.
    HALLMARK_TRY(signer, check_signer(evidence, endorsement));
    Opening opening;
    opening.ak_name = signer.structure.name;
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

Result<VerifiedElement> Tpm2Verifier::verify(const Evidence& evidence, const VendorPin& pin,
                                             const Expected& expected, Instant now) const {
    HALLMARK_TRY(members, check_members(evidence, {{"ek_chain", true, false},
                                                   {"ak_chain", true, false},
                                                   {"ak_public", false, true},
                                                   {"key_public", false, true},
                                                   {"attest", false, true},
                                                   {"signature", false, true},
                                                   {"activation", false, false},
                                                   {"creation_data", false, false}}));
    HALLMARK_TRY(one_way, check_ak_members(evidence));
    const Bytes& attest_octets = evidence.find("attest")->values.front();
    HALLMARK_TRY(attest, parse_tpm_attest(attest_octets));
    HALLMARK_TRY(signature, parse_tpm_signature(evidence.find("signature")->values.front()));
    HALLMARK_TRY(key, parse_tpm_public(evidence.find("key_public")->values.front()));

    HALLMARK_TRY(endorsement, endorsement_of(evidence, chains_, pin, now));
    HALLMARK_TRY(signer, check_signer(evidence, endorsement));
    HALLMARK_TRY(stated, check_statement(attest, evidence, expected));
    HALLMARK_TRY(signed_, check_attestation_signature({.signer = signer.structure,
                                                       .signer_key = signer.key,
                                                       .attest = attest_octets,
                                                       .signature = signature}));
    HALLMARK_TRY(subject, check_subject(attest, key, signer.structure, evidence));
    HALLMARK_TRY(leaf, check_leaf(key, expected));
    HALLMARK_TRY(activation, check_activation({.expected = expected,
                                               .endorsement = endorsement,
                                               .ak_name = signer.structure.name,
                                               .activation = evidence.find("activation"),
                                               .attest = attest_octets}));

    return VerifiedElement{.claims = claims_of({.endorsement = endorsement,
                                                .signer = signer,
                                                .attest = attest,
                                                .leaf = leaf,
                                                .activation = activation,
                                                .fresh = expected.nonce.has_value()},
                                               pin),
                           .element_key = endorsement.key.digest()};
}

}  // namespace hallmark
