#include "ca/attestation/dice_layers.h"

#include "ca/attestation/members.h"
#include "ca/crypto/hash.h"

#include <algorithm>
#include <array>

namespace hallmark {
namespace {

const std::string tcb_info = "2.23.133.5.4.1", ueid = "2.23.133.5.4.4",
                  tcb_info_sequence = "2.23.133.5.4.5", open_dice = "1.3.6.1.4.1.11129.2.1.24";

constexpr std::string_view serial_number = "2.5.4.5";  // RFC 5280 A.1

// OperationalFlags, bit 0 first. A set bit says that something is not as it is in the field.
constexpr std::array<std::string_view, 9> flag_names{
    "notConfigured",         "notSecure",          "recovery",     "debug", "notReplayProtected",
    "notIntegrityProtected", "notRuntimeMeasured", "notImmutable", "notTcb"};
constexpr std::uint32_t known_flags = (1u << flag_names.size()) - 1u;
constexpr std::uint32_t fixed_width = 1u << 31;
constexpr std::uint32_t production_flags = 0b1111;  // The first four.

void say(DiceLayer& layer, const std::string& name, std::string value) {
    layer.says.emplace_back(name, std::move(value));
}

std::string text_of(const std::vector<DiceDigest>& digests) {
    std::string text;
    for (const DiceDigest& each : digests) {
        if (!text.empty()) text += ", ";
        text.append(each.algorithm).append(":").append(to_hex(each.digest));
    }
    return text;
}

/// A bit counts where the mask claims it; without a mask all of them are claimed.
Result<bool> judge_flags(const DiceTcbInfo& info) {
    if (!info.flags) {
        if (info.flags_mask) return evidence_refused("flags", "a mask without flags");
        return false;
    }
    const std::uint32_t claimed = info.flags_mask.value_or(~std::uint32_t{0});
    const std::uint32_t raised = *info.flags & claimed & ~fixed_width;
    for (std::size_t bit = 0; bit < flag_names.size(); ++bit) {
        if ((raised >> bit & 1u) != 0) return evidence_refused("flags", flag_names[bit]);
    }
    if ((raised & ~known_flags) != 0) return evidence_refused("flags", "one that is not known");
    return (claimed & production_flags) == production_flags;
}

void say_what(const DiceTcbInfo& info, const std::string& prefix, DiceLayer& layer) {
    const auto text = [&](const char* name, const std::optional<std::string>& value) {
        if (value) say(layer, prefix + name, *value);
    };
    const auto number = [&](const char* name, const std::optional<std::int64_t>& value) {
        if (value) say(layer, prefix + name, std::to_string(*value));
    };
    if (!info.fwids.empty()) say(layer, prefix + "fwid", text_of(info.fwids));
    number("index", info.index);
    number("layer", info.layer);
    text("model", info.model);
    number("svn", info.svn);
    text("vendor", info.vendor);
    text("version", info.version);
}

/// The version, or the security version where there is no other.
std::optional<std::string> firmware_of(const DiceTcbInfo& info) {
    if (info.version) return info.version;
    if (info.svn) return std::to_string(*info.svn);
    return std::nullopt;
}

/// Of several targets in one layer none speaks for all: then the layer has no model and no version.
Result<DiceLayer> judge_tcb_infos(const std::vector<DiceTcbInfo>& infos) {
    DiceLayer layer;
    layer.in_production = true;
    bool is_measured = false;
    for (std::size_t i = 0; i < infos.size(); ++i) {
        HALLMARK_TRY(in_production, judge_flags(infos[i]));
        layer.in_production = layer.in_production && in_production;
        is_measured = is_measured || !infos[i].fwids.empty();
        say_what(infos[i], infos.size() == 1 ? "" : "tcb-" + std::to_string(i) + ".", layer);
    }
    if (!is_measured) return evidence_refused("layers", "one without a measurement");
    if (infos.size() == 1) {
        layer.model = infos.front().model;
        layer.firmware = firmware_of(infos.front());
    }
    return layer;
}

Result<DiceLayer> judge_tcb_info(const Extension& extension, const LayerGround& ground) {
    if (ground.syntax == TcbInfoSyntax::riot) {
        HALLMARK_TRY(composite, parse_composite_device_id(extension.value));
        if (!equal(composite.issuer_spki, ground.issuer_spki))
            return evidence_refused("layers", "another key is named as the one below");
        DiceLayer layer;
        layer.kind = DiceKind::riot;
        say(layer, "fwid", text_of({composite.fwid}));
        return layer;
    }
    HALLMARK_TRY(info, parse_tcb_info(extension.value));
    return judge_tcb_infos({info});
}

/// "X.509 CDI Certificates": the subject is SERIALNUMBER=<id>, and the key identifier the same id.
bool is_named_by_its_id(const Certificate& certificate) {
    const auto rdns = parse_name(certificate.subject);
    const auto id = certificate.subject_key_identifier();
    if (!rdns || !id || rdns->size() != 1 || rdns->front().size() != 1) return false;
    const NameAttribute& only = rdns->front().front();
    return only.type == serial_number && only.value == to_hex(*id);
}

Result<std::optional<DiceLayer>> judge_extensions(const LayerGround& ground) {
    const Certificate& certificate = ground.certificate;
    const Extension* const one = certificate.find(tcb_info);
    const Extension* const several = certificate.find(tcb_info_sequence);
    const Extension* const open = certificate.find(open_dice);
    if ((one != nullptr) + (several != nullptr) + (open != nullptr) > 1)
        return evidence_refused("layers", "a certificate measures twice");
    if (one) {
        HALLMARK_TRY(layer, judge_tcb_info(*one, ground));
        return std::optional(std::move(layer));
    }
    if (several) {
        HALLMARK_TRY(infos, parse_tcb_info_sequence(several->value));
        HALLMARK_TRY(layer, judge_tcb_infos(infos));
        return std::optional(std::move(layer));
    }
    if (!open) return std::optional<DiceLayer>();
    if (!open->critical) return evidence_refused("open-dice", "the extension is not critical");
    if (!is_named_by_its_id(certificate))
        return evidence_refused("open-dice", "not named by the identifier of its key");
    HALLMARK_TRY(input, parse_open_dice_extension(open->value));
    HALLMARK_TRY(layer, judge_open_dice(input));
    return std::optional(std::move(layer));
}

bool speaks(const DiceCertificate& certificate) {
    return certificate.layer || certificate.ueid;
}

/// The certificates of the device, the topmost that speaks of it last: from `path`'s first on, none
/// of them the pin's, none silent but the leaf.
Result<std::size_t> device_part(const std::vector<DiceCertificate>& path) {
    std::size_t end = 0;  // One behind the topmost that speaks.
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
        if (speaks(path[i])) end = i + 1;
    }
    if (end == 0) return evidence_refused("layers", "none is measured");
    for (std::size_t i = 0; i < end; ++i) {
        if (path[i].is_pinned) return evidence_refused("device", "a pinned authority speaks of it");
        if (i > 0 && !speaks(path[i])) return evidence_refused("layers", "one says nothing");
    }
    return end;
}

/// By its place on the path: the first certificate that is not the maker's, or that of the UDS that
/// is pinned itself. Open DICE: the UDS's, which is silent. TCG: one that speaks for itself, or is
/// the first layer's issuer; with a UEID it is the device's and nobody's issuer.
Result<std::size_t> device_at(const std::vector<DiceCertificate>& path, std::size_t end,
                              DiceKind kind) {
    const bool has_silent = !path[end].is_pinned;
    if (has_silent && (!path[end + 1].is_pinned || path[end - 1].ueid))
        return evidence_refused("device", "the maker's authorities are not all pinned");
    if (has_silent || kind == DiceKind::open) return end;
    if (end == 1) return evidence_refused("device", "its own key is the attested one");
    return end - 1;
}

}  // namespace

std::string_view name_of(DiceKind kind) noexcept {
    if (kind == DiceKind::open) return "open-dice";
    return kind == DiceKind::riot ? "riot" : "tcg";
}

const std::set<std::string>& dice_extensions() {
    static const std::set<std::string> all{tcb_info, ueid, tcb_info_sequence, open_dice};
    return all;
}

Result<DiceCertificate> read_dice_certificate(const LayerGround& ground) {
    const auto constraints = ground.certificate.basic_constraints();
    DiceCertificate certificate;
    certificate.spki = ground.certificate.spki;
    certificate.is_authority = constraints && constraints->ca;
    HALLMARK_TRY(layer, judge_extensions(ground));
    certificate.layer = std::move(layer);
    if (const Extension* const extension = ground.certificate.find(ueid)) {
        HALLMARK_TRY(stated, parse_ueid(extension->value));
        certificate.ueid = std::move(stated);
    }
    return certificate;
}

Result<DiceLayer> judge_open_dice(const OpenDiceInput& input) {
    // "Mode Value Details": values that are not defined are to be treated as not configured.
    constexpr std::int64_t normal = 1, debug = 2, recovery = 3;
    if (input.mode == debug) return evidence_refused("mode", "debug");
    if (input.mode == recovery) return evidence_refused("mode", "recovery");
    if (input.mode != normal) return evidence_refused("mode", "not configured");
    DiceLayer layer;
    layer.kind = DiceKind::open;
    layer.in_production = true;
    say(layer, "authority", to_hex(input.authority_hash));
    say(layer, "code", to_hex(input.code_hash));
    say(layer, "configuration",
        to_hex(input.configuration_hash ? ByteView(*input.configuration_hash)
                                        : ByteView(sha256(input.configuration))));
    const OpenDiceConfiguration stated = read_open_dice_configuration(input.configuration);
    if (stated.component) say(layer, "component", *stated.component);
    if (input.profile) say(layer, "profile", *input.profile);
    if (stated.security_version)
        say(layer, "security-version", std::to_string(*stated.security_version));
    if (stated.version) say(layer, "version", *stated.version);
    layer.firmware = stated.version;
    if (!layer.firmware && stated.security_version)
        layer.firmware = std::to_string(*stated.security_version);
    return layer;
}

Result<DiceDevice> device_of(const std::vector<DiceCertificate>& path) {
    HALLMARK_TRY(end, device_part(path));
    DiceDevice device;
    device.leaf_is_measured = path.front().layer.has_value();
    // Whoever holds the last layer's key may certify a key of its own; that one is no layer.
    const std::size_t last = device.leaf_is_measured ? 0 : 1;
    if (last == end || !path[last].layer) return evidence_refused("layers", "none is measured");
    if (!device.leaf_is_measured && path.front().is_authority)
        return evidence_refused("layers", "the key is an authority's that nobody measured");
    device.kind = path[last].layer->kind;
    for (std::size_t i = end; i-- > 0;) {
        const DiceCertificate& each = path[i];
        if (each.ueid && device.ueid && *each.ueid != *device.ueid)
            return evidence_refused("ueid", "two of them");
        if (each.ueid) device.ueid = each.ueid;
        if (!each.layer) continue;
        if (each.layer->kind != device.kind) return evidence_refused("layers", "of two kinds");
        device.layers.push_back(*each.layer);
    }
    HALLMARK_TRY(at, device_at(path, end, device.kind));
    device.key = sha256(path[at].spki);
    return device;
}

}  // namespace hallmark
