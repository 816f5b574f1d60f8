// A device's DICE layers, as its certificates tell them, judged: each layer's state, their order,
// and which key is the device's own. The same for X.509 and for CBOR; signatures are looked at
// elsewhere. Within this room only.
#pragma once

#include "ca/attestation/dice_tcb_info.h"
#include "ca/attestation/open_dice.h"
#include "ca/crypto/certificate.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace hallmark {

enum class DiceKind { tcg, riot, open };
[[nodiscard]] std::string_view name_of(DiceKind kind) noexcept;

/// What one certificate says of the layer whose key it certifies.
struct DiceLayer {
    DiceKind kind = DiceKind::tcg;
    std::optional<std::string> model, firmware;
    bool in_production = false;  ///< It says so: configured, secured, no recovery, no debugging.
    std::vector<std::pair<std::string, std::string>> says;
};

/// One certificate of a path that holds, of either encoding.
struct DiceCertificate {
    Bytes spki;
    bool is_authority = false;
    bool is_pinned = false;  ///< The maker's, by the pin; no part of a device.
    std::optional<DiceLayer> layer;
    std::optional<Bytes> ueid;
};

/// OIDs of the extensions that layer_of judges.
[[nodiscard]] const std::set<std::string>& dice_extensions();

/// What stands under TcbInfo's identifier: of one maker one thing, and never told by its looks.
enum class TcbInfoSyntax { tcg, riot };

struct LayerGround {
    const Certificate& certificate;
    ByteView issuer_spki;
    TcbInfoSyntax syntax = TcbInfoSyntax::tcg;
};
/// Neither layer nor UEID where the certificate has none of the extensions. Reason:
/// evidence_not_accepted, detail "flags: ...", "mode: ...", "tcb-info: ...", "open-dice: ...",
/// "layers: ...".
[[nodiscard]] Result<DiceCertificate> read_dice_certificate(const LayerGround& ground);
[[nodiscard]] Result<DiceLayer> judge_open_dice(const OpenDiceInput& input);

/// What a path says of its device.
struct DiceDevice {
    Digest key{};  ///< SHA-256 of the SPKI that the maker certified: DeviceID, IDevID, UDS.
    DiceKind kind = DiceKind::tcg;
    std::optional<Bytes> ueid;
    std::vector<DiceLayer> layers;  ///< From the device up, the leaf's last.
    bool leaf_is_measured = false;
};
/// `path`: the leaf first, the anchor last. Reason: evidence_not_accepted, detail "layers: ...",
/// "device: ...", "ueid: ...".
[[nodiscard]] Result<DiceDevice> device_of(const std::vector<DiceCertificate>& path);

}  // namespace hallmark
