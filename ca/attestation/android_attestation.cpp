#include "ca/attestation/android_attestation.h"

#include "ca/attestation/members.h"
#include "ca/attestation/signed_below.h"

#include <algorithm>

namespace hallmark {
namespace {

// Google's arc 1.3.6.1.4.1.11129.2.1 (source.android.com, "Key and ID attestation").
constexpr std::string_view description_oid = "1.3.6.1.4.1.11129.2.1.17",
                           provisioning_oid = "1.3.6.1.4.1.11129.2.1.30";
// RFC 5280 A.1
constexpr std::string_view organization = "2.5.4.10", serial_number = "2.5.4.5", title = "2.5.4.12";
constexpr std::string_view strongbox = "StrongBox";
constexpr std::size_t shortest_chain = 3;  // Leaf, attestation certificate, one above it.
constexpr std::int64_t purpose_sign = 2, purpose_verify = 3;
constexpr std::int64_t origin_generated = 0, algorithm_rsa = 1, algorithm_ec = 3;

bool is_named(ByteView name, std::string_view type, std::string_view value) {
    const auto rdns = parse_name(name);
    return rdns && std::any_of(rdns->begin(), rdns->end(), [&](const auto& rdn) {
               return std::any_of(rdn.begin(), rdn.end(), [&](const NameAttribute& attribute) {
                   return attribute.type == type && (value.empty() || attribute.value == value);
               });
           });
}

Result<std::vector<Certificate>> parsed(const std::vector<Bytes>& chain) {
    if (chain.size() < shortest_chain)
        return evidence_refused("member", "chain has fewer than three certificates");
    std::vector<Certificate> certificates;
    for (const Bytes& der : chain) {
        HALLMARK_TRY(certificate, parse_certificate(der));
        certificates.push_back(std::move(certificate));
    }
    return certificates;
}

/// A key that was attested can sign what looks like an attestation certificate; what it attests
/// bears a second description above the first, and is nobody's word but its own.
Result<Done> check_one_description(const std::vector<Certificate>& chain) {
    if (!chain.front().find(description_oid)) return evidence_refused("leaf", "describes no key");
    const bool is_repeated =
        std::any_of(chain.begin() + 1, chain.end(), [](const Certificate& certificate) {
            return certificate.find(description_oid) != nullptr;
        });
    if (is_repeated) return evidence_refused("leaf", "issued by a key that was itself attested");
    return Done{};
}

/// The moment at which the certificates above the leaf must be valid. Where an operator excused a
/// vendor's expired issuers, that is when the first of them ended; never for remotely provisioned
/// ones, whose short lives are what makes them worth something.
Instant judged_at(const std::vector<Certificate>& chain, bool excused, Instant now) {
    if (!excused) return now;
    for (auto certificate = chain.begin() + 1; certificate != chain.end(); ++certificate)
        now = std::min(now, certificate->not_after);
    return now;
}

Result<ValidatedChain> validated_attester(const std::vector<Bytes>& chain,
                                          const std::vector<Certificate>& certificates,
                                          const VendorPin& pin, const ChainValidator& chains,
                                          Instant now) {
    const bool is_remote = certificates[1].find(provisioning_oid) != nullptr;
    std::set<ChainException> exceptions = pin.exceptions;
    if (is_remote) exceptions.erase(ChainException::expired_issuers);
    const bool excused = exceptions.contains(ChainException::expired_issuers);
    return chains.validate({.leaf = chain[1],
                            .intermediates = {chain.begin() + 2, chain.end()},
                            .purpose = Purpose::any,
                            .exceptions = std::move(exceptions),
                            .at = judged_at(certificates, excused, now),
                            .limits = {}},
                           pin.anchors);
}

Result<std::string> check_status(const std::vector<Certificate>& chain, const VendorPin& pin,
                                 bool unchecked, Instant now) {
    if (!pin.status) {
        if (unchecked) return std::string("unchecked");
        return evidence_refused("revocation", "no status list of this vendor is held");
    }
    if (pin.status->is_too_old(now))
        return evidence_refused("revocation", "the vendor's status list is too old");
    for (const Certificate& certificate : chain) {
        const std::string* const said = pin.status->find(certificate.serial);
        if (said) return evidence_refused("revocation", *said);
    }
    return std::string("checked");
}

Result<Done> check_boot(const std::optional<AndroidBoot>& boot) {
    if (!boot) return evidence_refused("boot", "no root of trust that hardware vouches for");
    if (!boot->locked || boot->state == AndroidBoot::State::unverified)
        return evidence_refused("boot", "bootloader unlocked");
    if (boot->state != AndroidBoot::State::verified)
        return evidence_refused("boot", "not verified with the maker's key");
    return Done{};
}

/// Who signs for StrongBox says so in its name: remotely provisioned ones as organization, those
/// of the factory as title with a serialNumber.
Result<Done> check_level(const AndroidDescription& says, const Certificate& attester) {
    if (says.attested_by != says.kept_in)
        return evidence_refused("level", "kept elsewhere than it is attested");
    if (says.kept_in != AndroidLevel::strongbox)
        return evidence_refused("level", says.kept_in == AndroidLevel::software
                                             ? "software"
                                             : "trusted environment and no StrongBox");
    const bool is_named_so = is_named(attester.subject, organization, strongbox) ||
                             (is_named(attester.subject, title, strongbox) &&
                              is_named(attester.subject, serial_number, {}));
    if (!is_named_so) return evidence_refused("level", "attested by another than StrongBox's key");
    return Done{};
}

Result<Done> check_key_rules(const AndroidAuthorizations& enforced, const PublicKey& key) {
    if (enforced.origin != origin_generated)
        return evidence_refused("key", "not generated where it is kept");
    if (enforced.algorithm != (key.is_ec() ? algorithm_ec : algorithm_rsa))
        return evidence_refused("key", "of another algorithm than its description says");
    const auto& purposes = enforced.purposes;
    const bool only_signs =
        purposes && std::all_of(purposes->begin(), purposes->end(), [](std::int64_t purpose) {
            return purpose == purpose_sign || purpose == purpose_verify;
        });
    const bool signs =
        purposes && std::find(purposes->begin(), purposes->end(), purpose_sign) != purposes->end();
    if (!signs) return evidence_refused("key", "not for signing");
    if (!only_signs) return evidence_refused("key", "for more than signing");
    return Done{};
}

/// 160102 is 16.1.2.
std::string os_version_text(std::int64_t version) {
    return std::to_string(version / 10'000) + "." + std::to_string(version / 100 % 100) + "." +
           std::to_string(version % 100);
}

}  // namespace

Result<AndroidKey> judge_android_chain(const std::vector<Bytes>& chain, const VendorPin& pin,
                                       const ChainValidator& chains, bool revocation_unchecked,
                                       Instant now) {
    HALLMARK_TRY(certificates, parsed(chain));
    HALLMARK_TRY(described, check_one_description(certificates));
    HALLMARK_TRY(attester, validated_attester(chain, certificates, pin, chains, now));
    HALLMARK_TRY(leaf, signed_below(chain.front(), attester, "leaf"));
    HALLMARK_TRY(revocation, check_status(certificates, pin, revocation_unchecked, now));
    HALLMARK_TRY(says, parse_android_description(leaf.find(description_oid)->value));
    HALLMARK_TRY(booted, check_boot(says.hardware.boot));
    HALLMARK_TRY(level, check_level(says, attester.leaf));
    auto key = parse_public_key(leaf.spki);
    if (!key) return Refusal{Reason::evidence_not_accepted, key.error().detail};
    HALLMARK_TRY(ruled, check_key_rules(says.hardware, *key));
    return AndroidKey{.key = std::move(*key),
                      .says = std::move(says),
                      .element_key = attester.leaf_key.digest(),
                      .anchor = attester.anchor,
                      .remotely_provisioned = attester.leaf.find(provisioning_oid) != nullptr,
                      .revocation = revocation};
}

void tell_android(const AndroidKey& judged, Claims& claims) {
    const AndroidAuthorizations& enforced = judged.says.hardware;
    claims.model = enforced.model;
    if (enforced.os_version) claims.firmware = os_version_text(*enforced.os_version);
    claims.public_key = judged.key.spki();
    claims.origin = "generated";
    claims.exportable = false;
    claims.usage = {"sign"};
    claims.assurance = Assurance::hw_key_attested;
    claims.anchor = judged.anchor;
    const auto tell = [&](const char* name, const std::optional<std::string>& value) {
        if (value) claims.detail.emplace_back(name, *value);
    };
    const auto number = [](const std::optional<std::int64_t>& value) {
        return value ? std::optional(std::to_string(*value)) : std::nullopt;
    };
    tell("boot_patch_level", number(enforced.boot_patch));
    tell("brand", enforced.brand);
    tell("device", enforced.device);
    tell("manufacturer", enforced.manufacturer);
    tell("os_patch_level", number(enforced.os_patch));
    tell("product", enforced.product);
    claims.detail.emplace_back("provisioning", judged.remotely_provisioned ? "remote" : "factory");
    claims.detail.emplace_back("revocation", judged.revocation);
    claims.detail.emplace_back("security_level", "strongbox");
    tell("vendor_patch_level", number(enforced.vendor_patch));
}

}  // namespace hallmark
