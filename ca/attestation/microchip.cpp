#include "ca/attestation/microchip.h"

#include "ca/attestation/certificate_words.h"
#include "ca/attestation/freshness.h"
#include "ca/attestation/members.h"
#include "ca/attestation/microchip_chain.h"

#include <algorithm>

namespace hallmark {
namespace {

constexpr std::size_t num_in_octets = 20, signature_octets = 64;

const Bytes& octets_of(const Evidence& evidence, std::string_view name) {
    return evidence.find(name)->values.front();
}

/// An end entity's, for P-256, that signs.
Result<Done> check_certificate(const ValidatedChain& device) {
    const auto constraints = device.leaf.basic_constraints();
    if (constraints && constraints->ca) return evidence_refused("certificate", "an authority's");
    const auto usage = device.leaf.key_usage();
    if (!usage || !usage->has(KeyUsage::digital_signature))
        return evidence_refused("certificate", "not for digital signatures");
    if (device.leaf_key.algorithm() != KeyAlgorithm::ec_p256)
        return evidence_refused("certificate", "not of a P-256 key");
    return Done{};
}

Result<Done> check_signature(const Evidence& evidence, const PublicKey& key) {
    const Bytes& signature = octets_of(evidence, "signature");
    if (signature.size() != signature_octets)
        return evidence_refused("member",
                                "signature has " + std::to_string(signature.size()) + " octets");
    if (!verify_signature(key, SignatureAlgorithm::ecdsa_sha256,
                          octets_of(evidence, "sign_internal"), ecdsa_der_from_raw(signature))) {
        return evidence_refused("signature", "not by the certified key");
    }
    return Done{};
}

/// What is asked of every attested slot, whatever the part.
Result<Done> check_slot(const AteccStatement& says) {
    if (says.signing_slot == says.slot) return evidence_refused("slot", "attests itself");
    if (!says.is_private()) return evidence_refused("slot", "holds no private key");
    if (!says.is_p256()) return evidence_refused("slot", "not for a P-256 key");
    if (!says.is_secret()) return evidence_refused("slot", "can be read");
    if (!says.signs_messages()) return evidence_refused("slot", "signs no messages");
    if (says.takes_imports()) return evidence_refused("slot", "takes keys from outside");
    if (says.is_replaceable())
        return evidence_refused("slot", "not locked, and its key may change");
    return Done{};
}

/// What the profile vouches for and the statement must match, to the bit.
Result<Done> check_profile(const AteccProfile& profile, const AteccStatement& says) {
    if (says.signing_slot != profile.attestation_slot)
        return evidence_refused("profile", "signed by another slot than the certified one");
    const auto slot = std::find_if(profile.attested.begin(), profile.attested.end(),
                                   [&](const AteccSlot& each) { return each.number == says.slot; });
    if (slot == profile.attested.end())
        return evidence_refused("profile", "this part keeps no such key in this slot");
    if (slot->slot_config != says.slot_config || slot->key_config != says.key_config)
        return evidence_refused("profile", "the slot is configured otherwise");
    return Done{};
}

std::optional<Bytes> num_in_of(const Expected& expected) {
    if (!expected.nonce) return std::nullopt;
    const std::size_t count = std::min(expected.nonce->size(), num_in_octets);
    return to_bytes(ByteView(*expected.nonce).first(count));
}

Claims claims_of(const DeviceSlot& device, const AteccStatement& says) {
    Claims claims;
    claims.format = "microchip-atecc608";
    claims.element_serial = SeSerial(upper_hex(device.serial));
    if (!device.profile || !device.profile->is_internal_only) {
        // Whoever may use the certified key could have written the statement himself.
        claims.assurance = Assurance::hw_identity_only;
        return claims;
    }
    claims.origin = "generated";
    claims.exportable = false;
    claims.usage = {"sign"};
    claims.assurance = Assurance::hw_key_attested;
    claims.detail = {{"profile", device.profile->name},
                     {"slot", std::to_string(says.slot)},
                     {"slot_locked", says.is_locked ? "yes" : "no"}};
    return claims;
}

}  // namespace

std::vector<AteccProfile> known_profiles() {
    constexpr std::uint16_t primary = 0x0085, primary_key = 0x0053;      // Secret, signs, ECDH.
    constexpr std::uint16_t secondary = 0x2085, secondary_key = 0x0073;  // GenKey until locked.
    return {{.name = "trustflex",
             .certificate_suffix = " internal sign",
             .compressed_template = 4,
             .attestation_slot = 1,
             .is_internal_only = true,
             .attested = {{.number = 0, .slot_config = primary, .key_config = primary_key},
                          {.number = 2, .slot_config = secondary, .key_config = secondary_key},
                          {.number = 3, .slot_config = secondary, .key_config = secondary_key},
                          {.number = 4, .slot_config = secondary, .key_config = secondary_key}}}};
}

Result<VerifiedElement> MicrochipVerifier::verify(const Evidence& evidence, const VendorPin& pin,
                                                  const Expected& expected, Instant now) const {
    HALLMARK_TRY(listed,
                 check_members(evidence, {{.name = "chain", .is_list = true, .needed = false},
                                          {.name = "compressed_device", .needed = false},
                                          {.name = "device_key", .needed = false},
                                          {.name = "eui48", .needed = false},
                                          {.name = "compressed_signer", .needed = false},
                                          {.name = "signer_key", .needed = false},
                                          {.name = "rand_out"},
                                          {.name = "genkey"},
                                          {.name = "sign_internal"},
                                          {.name = "signature"}}));
    HALLMARK_TRY(messages, take_messages({.rand_out = octets_of(evidence, "rand_out"),
                                          .genkey = octets_of(evidence, "genkey"),
                                          .sign_internal = octets_of(evidence, "sign_internal")}));
    HALLMARK_TRY(chain, shown_chain(evidence, serial_in(messages), pin, profiles_));
    HALLMARK_TRY(device, chains_.validate({.leaf = chain.front(),
                                           .intermediates = {chain.begin() + 1, chain.end()},
                                           .purpose = Purpose::any,
                                           .exceptions = pin.exceptions,
                                           .at = now,
                                           .limits = {}},
                                          pin.anchors));
    HALLMARK_TRY(fit, check_certificate(device));
    HALLMARK_TRY(named, named_slot(device.leaf, profiles_));
    HALLMARK_TRY(signed_, check_signature(evidence, device.leaf_key));
    HALLMARK_TRY(says,
                 read_statement(messages, {.serial = named.serial, .num_in = num_in_of(expected)}));
    HALLMARK_TRY(slot, check_slot(says));
    if (named.profile) {
        HALLMARK_TRY(as_profiled, check_profile(*named.profile, says));
    }
    auto key = ec_public_key(KeyAlgorithm::ec_p256, says.x, says.y);
    if (!key) return Refusal{Reason::evidence_not_accepted, key.error().detail};
    if (key->digest() == device.leaf_key.digest())
        return evidence_refused("key", "the certified key itself, under another slot's name");
    HALLMARK_TRY(meant, check_key(key->spki(), expected));

    VerifiedElement element{.claims = claims_of(named, says),
                            .element_key = device.leaf_key.digest()};
    element.claims.vendor = pin.vendor.get();
    element.claims.public_key = key->spki();
    element.claims.freshness = expected.nonce ? "nonce" : "unchecked";
    element.claims.anchor = device.anchor;
    return element;
}

}  // namespace hallmark
