#include "ca/attestation/yubikey_piv.h"

#include "ca/attestation/freshness.h"
#include "ca/attestation/members.h"
#include "ca/attestation/signed_below.h"
#include "ca/crypto/der.h"

#include <algorithm>
#include <array>

namespace hallmark {
namespace {

constexpr std::size_t shortest_chain = 2, longest_chain = 5;

// Yubico's arc 1.3.6.1.4.1.41482 (IANA private enterprise numbers), .3: PIV.
constexpr std::string_view firmware_oid = "1.3.6.1.4.1.41482.3.3",
                           serial_oid = "1.3.6.1.4.1.41482.3.7",
                           policies_oid = "1.3.6.1.4.1.41482.3.8",
                           form_factor_oid = "1.3.6.1.4.1.41482.3.9",
                           fips_oid = "1.3.6.1.4.1.41482.3.10", cspn_oid = "1.3.6.1.4.1.41482.3.11";
constexpr std::string_view common_name = "2.5.4.3";  // RFC 5280 A.1
constexpr std::string_view attestation_name = "Yubico PIV Attestation";
constexpr std::string_view slot_name = "YubiKey PIV Attestation ";

struct Named {
    unsigned char value;
    std::string_view name;
};
constexpr std::array pin_policies{Named{1, "never"}, Named{2, "once"}, Named{3, "always"},
                                  Named{4, "match-once"}, Named{5, "match-always"}};
constexpr std::array touch_policies{Named{1, "never"}, Named{2, "always"}, Named{3, "cached"}};
// The low seven bits less 0x40, which says "Security Key"; 0x80 says FIPS.
constexpr std::array form_factors{Named{1, "USB-A keychain"},    Named{2, "USB-A nano"},
                                  Named{3, "USB-C keychain"},    Named{4, "USB-C nano"},
                                  Named{5, "USB-C Lightning"},   Named{6, "USB-A bio keychain"},
                                  Named{7, "USB-C bio keychain"}};

template <std::size_t count>
std::optional<std::string> name_in(const std::array<Named, count>& names, unsigned char value) {
    const auto* found = std::find_if(names.begin(), names.end(),
                                     [&](const Named& each) { return each.value == value; });
    if (found == names.end()) return std::nullopt;
    return std::string(found->name);
}

/// The one common name that is the whole subject.
std::optional<std::string> sole_common_name(const Certificate& certificate) {
    const auto rdns = parse_name(certificate.subject);
    if (!rdns || rdns->size() != 1 || rdns->front().size() != 1) return std::nullopt;
    const NameAttribute& only = rdns->front().front();
    if (only.type != common_name) return std::nullopt;
    return only.value;
}

bool is_slot(std::string_view slot) {
    if (slot == "9a" || slot == "9c" || slot == "9d" || slot == "9e") return true;
    // The retired key management slots (NIST SP 800-73-4, table 4b): 82 to 95.
    return slot.size() == 2 && ((slot[0] == '8' && ((slot[1] >= '2' && slot[1] <= '9') ||
                                                    (slot[1] >= 'a' && slot[1] <= 'f'))) ||
                                (slot[0] == '9' && slot[1] >= '0' && slot[1] <= '5'));
}

using Version = std::array<unsigned, 3>;

/// What the slot's certificate says, read and not yet judged.
struct SlotSays {
    std::string slot;
    Version firmware{};
    std::optional<std::string> serial;  ///< Decimal, as it is printed on the key.
    std::string pin_policy, touch_policy;
    std::optional<std::string> form_factor;
    bool fips = false, cspn = false;
};

Result<Version> read_firmware(const Certificate& certificate) {
    const Extension* const extension = certificate.find(firmware_oid);
    if (!extension) return evidence_refused("slot", "no firmware version");
    if (extension->value.size() != 3)
        return evidence_refused("slot", "the firmware version is malformed");
    return Version{extension->value[0], extension->value[1], extension->value[2]};
}

Result<Done> read_serial(const Certificate& certificate, SlotSays& says) {
    const Extension* const extension = certificate.find(serial_oid);
    if (!extension) return Done{};  // Firmware 4.3 leaves it out on some units.
    DerReader reader(extension->value);
    const auto serial = reader.small_integer();
    if (!serial || !reader.at_end()) return evidence_refused("slot", "the serial is malformed");
    says.serial = std::to_string(*serial);
    return Done{};
}

Result<Done> read_policies(const Certificate& certificate, SlotSays& says) {
    const Extension* const extension = certificate.find(policies_oid);
    if (!extension || extension->value.size() != 2)
        return evidence_refused("slot", "no PIN and touch policy");
    const auto pin = name_in(pin_policies, extension->value[0]);
    const auto touch = name_in(touch_policies, extension->value[1]);
    if (!pin || !touch) return evidence_refused("slot", "an unknown PIN or touch policy");
    says.pin_policy = *pin;
    says.touch_policy = *touch;
    return Done{};
}

Result<Done> read_form_factor(const Certificate& certificate, SlotSays& says) {
    says.fips = certificate.find(fips_oid) != nullptr;
    says.cspn = certificate.find(cspn_oid) != nullptr;
    const Extension* const extension = certificate.find(form_factor_oid);
    if (!extension) return Done{};
    if (extension->value.size() != 1)
        return evidence_refused("slot", "the form factor is malformed");
    const unsigned char value = extension->value.front();
    says.fips = says.fips || (value & 0x80u) != 0;
    says.form_factor = name_in(form_factors, value & 0x3Fu);
    return Done{};
}

Result<SlotSays> read_slot(const Certificate& certificate) {
    SlotSays says;
    const auto name = sole_common_name(certificate);
    if (!name || !name->starts_with(slot_name) || !is_slot(name->substr(slot_name.size())))
        return evidence_refused("slot", "not named as the attestation of a slot");
    says.slot = name->substr(slot_name.size());
    HALLMARK_TRY(firmware, read_firmware(certificate));
    says.firmware = firmware;
    HALLMARK_TRY(serial, read_serial(certificate, says));
    HALLMARK_TRY(policies, read_policies(certificate, says));
    HALLMARK_TRY(form, read_form_factor(certificate, says));
    return says;
}

/// f9, up to a pinned root. A unit's own certificates bear no identifiers and no key usage, and old
/// ones no basicConstraints: so it is judged as the end of its chain, by its name, and what it
/// signed by us alone.
Result<ValidatedChain> validated_f9(const std::vector<Bytes>& chain, const VendorPin& pin,
                                    const ChainValidator& chains, Instant now) {
    std::set<ChainException> exceptions = pin.exceptions;
    exceptions.insert({ChainException::missing_authority_key_identifier,
                       ChainException::missing_subject_key_identifier,
                       ChainException::missing_key_usage_in_issuer});
    HALLMARK_TRY(f9, chains.validate({.leaf = chain[1],
                                      .intermediates = {chain.begin() + 2, chain.end()},
                                      .purpose = Purpose::any,
                                      .exceptions = std::move(exceptions),
                                      .at = now,
                                      .limits = {}},
                                     pin.anchors));
    if (sole_common_name(f9.leaf) != attestation_name)
        return evidence_refused("f9", "not named as an attestation key's certificate");
    // Where it says what it may do, it must say this.
    const auto constraints = f9.leaf.basic_constraints();
    const auto usage = f9.leaf.key_usage();
    if ((constraints && !constraints->ca) || (usage && !usage->has(KeyUsage::key_cert_sign)))
        return evidence_refused("f9", "not an authority's");
    return std::move(f9);
}

/// The slot's certificate as f9 made it.
Result<Certificate> signed_slot(ByteView der, const ValidatedChain& f9, Instant now) {
    HALLMARK_TRY(slot, signed_below(der, f9, "slot"));
    // RFC 5280 4.1.2.5: the last second is valid to its end.
    if (now < slot.not_before || now >= slot.not_after + std::chrono::seconds(1))
        return evidence_refused("slot", "not valid now");
    return std::move(slot);
}

Result<Done> check_firmware(const Version& firmware, const PublicKey& key) {
    // Yubico: attestation since 4.3.0. Keys made by 4.2.6 to 4.3.4 have Infineon's RSA weakness
    // (YSA-2017-01, CVE-2017-15361); the fingerprint finds them too, and is not what is relied on.
    if (firmware < Version{4, 3, 0}) return evidence_refused("firmware", "older than attestation");
    if (!key.is_ec() && firmware < Version{4, 3, 5})
        return evidence_refused("firmware", "makes weak RSA keys (CVE-2017-15361)");
    return Done{};
}

Claims claims_of(const SlotSays& says, const PublicKey& key, const VendorPin& pin) {
    Claims claims;
    claims.format = "yubikey-piv";
    claims.vendor = pin.vendor.get().empty() ? "yubico" : pin.vendor.get();
    claims.model = says.form_factor;
    if (says.serial) claims.element_serial = SeSerial(*says.serial);
    claims.public_key = key.spki();
    claims.origin = "generated";
    claims.exportable = false;
    claims.usage = {"sign"};
    claims.firmware = std::to_string(says.firmware[0]) + "." + std::to_string(says.firmware[1]) +
                      "." + std::to_string(says.firmware[2]);
    claims.assurance = Assurance::hw_key_attested;
    claims.detail = {
        {"pin_policy", says.pin_policy}, {"slot", says.slot}, {"touch_policy", says.touch_policy}};
    if (says.cspn) claims.detail.emplace_back("cspn", "yes");
    if (says.fips) claims.detail.emplace_back("fips", "yes");
    return claims;
}

}  // namespace

Result<VerifiedElement> YubikeyPivVerifier::verify(const Evidence& evidence, const VendorPin& pin,
                                                   const Expected& expected, Instant now) const {
    HALLMARK_TRY(members, check_members(evidence, {{.name = "chain", .is_list = true}}));
    const std::vector<Bytes>& chain = evidence.find("chain")->values;
    if (chain.size() < shortest_chain || chain.size() > longest_chain)
        return evidence_refused("member",
                                "chain has " + std::to_string(chain.size()) + " certificates");
    HALLMARK_TRY(f9, validated_f9(chain, pin, chains_, now));
    HALLMARK_TRY(slot, signed_slot(chain.front(), f9, now));
    HALLMARK_TRY(says, read_slot(slot));
    auto key = parse_public_key(slot.spki);
    if (!key) return Refusal{Reason::evidence_not_accepted, key.error().detail};
    HALLMARK_TRY(firmware, check_firmware(says.firmware, *key));
    HALLMARK_TRY(meant, check_key(key->spki(), expected));
    HALLMARK_TRY(freshness, check_nonce_of_request(expected));
    VerifiedElement element{.claims = claims_of(says, *key, pin),
                            .element_key = f9.leaf_key.digest()};
    element.claims.freshness = freshness;
    element.claims.anchor = f9.anchor;
    return element;
}

}  // namespace hallmark
