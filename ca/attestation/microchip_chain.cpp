#include "ca/attestation/microchip_chain.h"

#include "ca/attestation/certificate_words.h"
#include "ca/attestation/members.h"
#include "ca/attestation/microchip_compressed.h"

#include <algorithm>

namespace hallmark {
namespace {

constexpr std::size_t shortest_chain = 2, longest_chain = 5, serial_digits = 18;
constexpr unsigned last_template_of_tng = 3;
constexpr std::string_view before_serial = "sn", of_older_parts = " ATECC";

const Bytes* octets_of(const Evidence& evidence, std::string_view name) {
    const EvidenceMember* const member = evidence.find(name);
    return member ? &member->values.front() : nullptr;
}

/// Both or neither.
Result<Done> check_pair(const Bytes* compressed, const Bytes* key, std::string_view whose) {
    if ((compressed == nullptr) == (key == nullptr)) return Done{};
    return evidence_refused("member",
                            "a compressed certificate goes with its key: " + std::string(whose));
}

/// Under the pinned root that signed it: which one that is, the 72 octets do not say.
Result<Bytes> rebuilt_signer(const Bytes& compressed, const Bytes& key, const VendorPin& pin) {
    HALLMARK_TRY(read, parse_compressed(compressed));
    Refusal last = evidence_refused("chain", "no path to a pinned root");
    for (const Bytes& root : pin.anchors.roots) {
        const auto issuer = parse_certificate(root);
        const auto issuer_key =
            issuer ? parse_public_key(issuer->spki) : Result<PublicKey>(issuer.error());
        if (!issuer_key) continue;
        auto rebuilt = rebuild_signer({.compressed = read, .point = key, .issuer = *issuer});
        if (!rebuilt) {
            last = std::move(rebuilt).error();
            continue;
        }
        HALLMARK_TRY(signer, parse_certificate(*rebuilt));
        if (verify_signature(*issuer_key, SignatureAlgorithm::ecdsa_sha256, signer.tbs,
                             signer.signature)) {
            return std::move(*rebuilt);
        }
    }
    return last;
}

/// The common name that a template has around the serial number.
std::optional<DeviceName> name_in_template(unsigned id, const std::vector<AteccProfile>& profiles) {
    if (id == 2)
        return DeviceName{.serial = {}, .before = "", .after = of_older_parts, .eui48 = {}};
    if (id == 3) return DeviceName{.serial = {}, .before = before_serial, .after = "", .eui48 = {}};
    for (const AteccProfile& profile : profiles) {
        if (id <= last_template_of_tng || profile.compressed_template != id) continue;
        return DeviceName{.serial = {},
                          .before = before_serial,
                          .after = profile.certificate_suffix,
                          .eui48 = {}};
    }
    return std::nullopt;
}

struct CompressedDevice {
    const Bytes& compressed;
    const Bytes& key;
    const Bytes* eui48;
    const AteccSerial& serial;
};

Result<Bytes> rebuilt_device(const CompressedDevice& device, const Bytes& signer,
                             const std::vector<AteccProfile>& profiles) {
    HALLMARK_TRY(read, parse_compressed(device.compressed));
    auto name = name_in_template(read.template_id, profiles);
    if (!name) return evidence_refused("compressed", "not of a device's template");
    name->serial = device.serial;
    if (device.eui48) name->eui48 = *device.eui48;
    const auto issuer = parse_certificate(signer);
    if (!issuer) return evidence_refused("compressed", "its signer's certificate is malformed");
    return rebuild_device({.compressed = read, .point = device.key, .issuer = *issuer}, *name);
}

std::optional<AteccSerial> serial_in_hex(std::string_view text) {
    const bool upper = std::none_of(text.begin(), text.end(), [](char c) { return c >= 'a'; });
    const auto octets = from_hex(text);
    AteccSerial serial{};
    if (!upper || !octets || octets->size() != serial.size()) return std::nullopt;
    std::copy(octets->begin(), octets->end(), serial.begin());
    return serial;
}

}  // namespace

Result<std::vector<Bytes>> shown_chain(const Evidence& evidence, const AteccSerial& serial,
                                       const VendorPin& pin,
                                       const std::vector<AteccProfile>& profiles) {
    const Bytes* const device = octets_of(evidence, "compressed_device");
    const Bytes* const device_key = octets_of(evidence, "device_key");
    const Bytes* const signer = octets_of(evidence, "compressed_signer");
    const Bytes* const signer_key = octets_of(evidence, "signer_key");
    const Bytes* const eui48 = octets_of(evidence, "eui48");
    HALLMARK_TRY(device_pair, check_pair(device, device_key, "device"));
    HALLMARK_TRY(signer_pair, check_pair(signer, signer_key, "signer"));
    if (eui48 && !device) return evidence_refused("member", "eui48 without compressed_device");

    std::vector<Bytes> chain;
    if (const EvidenceMember* const whole = evidence.find("chain")) chain = whole->values;
    if (signer) {
        if (!device && chain.empty()) return evidence_refused("member", "no device certificate");
        HALLMARK_TRY(rebuilt, rebuilt_signer(*signer, *signer_key, pin));
        chain.insert(chain.begin() + (device ? 0 : 1), std::move(rebuilt));
    }
    if (device) {
        if (chain.empty()) return evidence_refused("member", "no signer certificate");
        HALLMARK_TRY(
            rebuilt,
            rebuilt_device(
                {.compressed = *device, .key = *device_key, .eui48 = eui48, .serial = serial},
                chain.front(), profiles));
        chain.insert(chain.begin(), std::move(rebuilt));
    }
    if (chain.size() < shortest_chain || chain.size() > longest_chain)
        return evidence_refused("member",
                                "chain has " + std::to_string(chain.size()) + " certificates");
    return chain;
}

Result<DeviceSlot> named_slot(const Certificate& device,
                              const std::vector<AteccProfile>& profiles) {
    const auto name = sole_attribute(device.subject, common_name_oid);
    if (!name) return evidence_refused("certificate", "not one common name");
    std::string_view rest = *name;
    const bool has_prefix = rest.starts_with(before_serial);
    if (has_prefix) rest.remove_prefix(before_serial.size());
    const auto serial = serial_in_hex(rest.substr(0, serial_digits));
    // SN[0..1] are 01 23 in every part (DS20005927A 2.2.1, as it is quoted).
    if (!serial || (*serial)[0] != 0x01 || (*serial)[1] != 0x23)
        return evidence_refused("certificate", "not named after a serial number");
    rest.remove_prefix(serial_digits);
    if ((rest.empty() && has_prefix) || rest == of_older_parts)
        return DeviceSlot{.serial = *serial};
    const auto profile = std::find_if(
        profiles.begin(), profiles.end(),
        [&](const AteccProfile& each) { return has_prefix && each.certificate_suffix == rest; });
    if (profile == profiles.end())
        return evidence_refused("certificate", "not named after a serial number and a known slot");
    return DeviceSlot{.serial = *serial, .profile = &*profile};
}

}  // namespace hallmark
