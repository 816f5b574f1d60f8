#include "ca/attestation/psa_claims.h"

#include "ca/attestation/claim_set.h"
#include "ca/attestation/members.h"

#include <algorithm>
#include <array>

namespace hallmark {
namespace {

// RFC 9783 4.6: the keys of one profile and of the other.
struct PsaLabels {
    ClaimLabel profile, client_id, lifecycle, implementation_id, boot_seed, certification, software,
        nonce, instance_id, verification_service;
};
constexpr PsaLabels labels_of_profile_1{.profile = {-75000, "profile"},
                                        .client_id = {-75001, "client id"},
                                        .lifecycle = {-75002, "lifecycle"},
                                        .implementation_id = {-75003, "implementation id"},
                                        .boot_seed = {-75004, "boot seed"},
                                        .certification = {-75005, "certification reference"},
                                        .software = {-75006, "software components"},
                                        .nonce = {-75008, "nonce"},
                                        .instance_id = {-75009, "instance id"},
                                        .verification_service = {-75010, "verification service"}};
constexpr ClaimLabel no_software_measurement{-75007, "software measurements"};
constexpr PsaLabels labels_of_rfc{.profile = {265, "profile"},
                                  .client_id = {2394, "client id"},
                                  .lifecycle = {2395, "lifecycle"},
                                  .implementation_id = {2396, "implementation id"},
                                  .boot_seed = {268, "boot seed"},
                                  .certification = {2398, "certification reference"},
                                  .software = {2399, "software components"},
                                  .nonce = {10, "nonce"},
                                  .instance_id = {256, "instance id"},
                                  .verification_service = {2400, "verification service"}};
constexpr ClaimLabel boot_seed_of_drafts{2397, "boot seed"};

// RFC 9783 4.4.1: attributes of a software component.
constexpr ClaimLabel measurement_type{1, "measurement type"}, measurement{2, "measurement"},
    software_version{4, "software version"}, signer_id{5, "signer id"},
    measurement_description{6, "measurement description"};
constexpr std::size_t most_software = 32;

constexpr std::array profiles{PsaProfile::iot_profile_1, PsaProfile::psa_2_0_0, PsaProfile::tfm};

constexpr std::array<ClaimLabel, 10> all_of(const PsaLabels& labels) {
    return {
        labels.profile,     labels.client_id,           labels.lifecycle, labels.implementation_id,
        labels.boot_seed,   labels.certification,       labels.software,  labels.nonce,
        labels.instance_id, labels.verification_service};
}

bool has_any(const ClaimSet& claims, const PsaLabels& labels) {
    const auto all = all_of(labels);
    return std::any_of(all.begin(), all.end(),
                       [&](const ClaimLabel& label) { return claims.has(label); });
}

/// A hash of 256 bits or more (RFC 9783 4, psa-hash-type); the nonce has the same lengths.
Result<std::optional<Bytes>> hash_in(const ClaimSet& claims, const ClaimLabel& label) {
    HALLMARK_TRY(octets, claims.octets(label, 32, 64));
    const bool fits = !octets || octets->size() % 16 == 0;
    if (!fits) return claim_in_another_form(label);
    return std::move(octets);
}

Result<PsaProfile> profile_of(const ClaimSet& claims) {
    const bool is_1 = has_any(claims, labels_of_profile_1) || claims.has(no_software_measurement);
    const bool is_rfc = has_any(claims, labels_of_rfc) || claims.has(boot_seed_of_drafts);
    if (is_1 && is_rfc) return evidence_refused("profile", "claims of two profiles");
    const PsaLabels& labels = is_1 ? labels_of_profile_1 : labels_of_rfc;
    HALLMARK_TRY(stated, needed(claims.text(labels.profile), labels.profile));
    for (const PsaProfile profile : profiles) {
        if (stated == name_of(profile) && is_1 == (profile == PsaProfile::iot_profile_1))
            return profile;
    }
    return evidence_refused("profile", "not taken");
}

/// EAN-13, or since RFC 9783 EAN-13 and five digits of a version (4.2.3).
bool is_certification_reference(std::string_view text) {
    const auto is_digits = [](std::string_view part) {
        return std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    if (text.size() == 13) return is_digits(text);
    return text.size() == 19 && text[13] == '-' && is_digits(text.substr(0, 13)) &&
           is_digits(text.substr(14));
}

Result<std::optional<std::string>> certification_in(const ClaimSet& claims,
                                                    const ClaimLabel& label) {
    HALLMARK_TRY(text, claims.text(label));
    if (text && !is_certification_reference(*text)) return claim_in_another_form(label);
    return std::move(text);
}

/// What is read for its form alone.
Result<Done> check_unused(const ClaimSet& claims, const PsaLabels& labels, PsaProfile profile) {
    if (profile == PsaProfile::iot_profile_1) {
        HALLMARK_TRY(seed, needed(claims.octets(labels.boot_seed, 32, 32), labels.boot_seed));
    } else {
        HALLMARK_TRY(seed, claims.octets(labels.boot_seed, 8, 32));
        HALLMARK_TRY(other, claims.octets(boot_seed_of_drafts, 8, 32));
        if (seed && other) return evidence_refused("claims", "two boot seeds");
    }
    const CborItem* const service = claims.find(labels.verification_service);
    if (service && service->kind != CborItem::Kind::text)
        return claim_in_another_form(labels.verification_service);
    return Done{};
}

Result<PsaSoftware> software_in(const CborItem& item, PsaProfile profile) {
    HALLMARK_TRY(component, ClaimSet::inside(item, labels_of_rfc.software.name));
    HALLMARK_TRY(type, component.text(measurement_type));
    HALLMARK_TRY(value, needed(hash_in(component, measurement), measurement));
    HALLMARK_TRY(version, component.text(software_version));
    HALLMARK_TRY(description, component.text(measurement_description));
    HALLMARK_TRY(signer, hash_in(component, signer_id));
    // RFC 9783 4.4.1.4 has it mandatory; real parts of the older profile leave it out.
    if (!signer && profile != PsaProfile::iot_profile_1) return claim_missing(signer_id);
    return PsaSoftware{.type = std::move(type),
                       .measurement = std::move(value),
                       .version = std::move(version),
                       .signer = std::move(signer)};
}

Result<std::vector<PsaSoftware>> all_software_in(const ClaimSet& claims, const PsaLabels& labels,
                                                 PsaProfile profile) {
    if (claims.has(no_software_measurement))
        return evidence_refused("software", "stated to be unmeasured");
    const CborItem* const list = claims.find(labels.software);
    if (!list) return claim_missing(labels.software);
    if (list->kind != CborItem::Kind::array || list->items.empty())
        return claim_in_another_form(labels.software);
    if (list->items.size() > most_software)
        return evidence_refused("software", "more components than the limit");
    std::vector<PsaSoftware> all;
    for (const CborItem& item : list->items) {
        HALLMARK_TRY(component, software_in(item, profile));
        all.push_back(std::move(component));
    }
    return all;
}

/// 01 and 32 octets (RFC 9783 4.2.1); 06 and an EUI-64 where Silicon Labs' older parts have it.
bool is_instance_id(ByteView id, PsaProfile profile) {
    if (id.size() == 33) return id[0] == 0x01;
    return profile == PsaProfile::iot_profile_1 && id.size() == 9 && id[0] == 0x06;
}

}  // namespace

std::string_view name_of(PsaProfile profile) noexcept {
    switch (profile) {
        case PsaProfile::iot_profile_1:
            return "PSA_IOT_PROFILE_1";
        case PsaProfile::psa_2_0_0:
            return "http://arm.com/psa/2.0.0";
        case PsaProfile::tfm:
            return "tag:psacertified.org,2023:psa#tfm";
    }
    return "";
}

Result<PsaClaims> parse_psa_claims(ByteView payload) {
    HALLMARK_TRY(claims, ClaimSet::parse(payload));
    HALLMARK_TRY(profile, profile_of(claims));
    const PsaLabels& labels =
        profile == PsaProfile::iot_profile_1 ? labels_of_profile_1 : labels_of_rfc;
    HALLMARK_TRY(client_id, needed(claims.number(labels.client_id), labels.client_id));
    HALLMARK_TRY(lifecycle, needed(claims.number(labels.lifecycle), labels.lifecycle));
    HALLMARK_TRY(implementation_id,
                 needed(claims.octets(labels.implementation_id, 32, 32), labels.implementation_id));
    HALLMARK_TRY(instance_id, needed(claims.octets(labels.instance_id, 9, 33), labels.instance_id));
    if (!is_instance_id(instance_id, profile)) return claim_in_another_form(labels.instance_id);
    HALLMARK_TRY(nonce, needed(hash_in(claims, labels.nonce), labels.nonce));
    HALLMARK_TRY(certification, certification_in(claims, labels.certification));
    HALLMARK_TRY(unused, check_unused(claims, labels, profile));
    HALLMARK_TRY(software, all_software_in(claims, labels, profile));
    return PsaClaims{.profile = profile,
                     .client_id = client_id,
                     .lifecycle = lifecycle,
                     .implementation_id = std::move(implementation_id),
                     .instance_id = std::move(instance_id),
                     .nonce = std::move(nonce),
                     .certification_reference = std::move(certification),
                     .software = std::move(software)};
}

}  // namespace hallmark
