// What the extensions of TCG's DICE Attestation Architecture (2.23.133.5.4) state, read strictly
// and not judged: DiceTcbInfo (.1), DiceTcbInfoSeq (.5), Ueid (.4), and the CompositeDeviceID that
// older parts have under the first one's identifier. IMPLICIT tags throughout, each field once and
// in order. Within this room only.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

/// FWID ::= SEQUENCE { hashAlg OBJECT IDENTIFIER, digest OCTET STRING }
struct DiceDigest {
    std::string_view algorithm;  ///< "sha-256", "sha-384", "sha-512"
    Bytes digest;
};

/// One target of measurement.
struct DiceTcbInfo {
    std::optional<std::string> vendor, model, version;  ///< Printable ASCII.
    std::optional<std::int64_t> svn, layer, index;
    std::vector<DiceDigest> fwids;
    /// OperationalFlags: bit n is 1 << n.
    std::optional<std::uint32_t> flags, flags_mask;
};

/// RIoT's, and NVIDIA's of the Hopper generation.
struct CompositeDeviceId {
    Bytes issuer_spki;
    DiceDigest fwid;
};

/// Each of these takes an extension's whole value. Reason: evidence_not_accepted, detail
/// "tcb-info: ...".
[[nodiscard]] Result<DiceTcbInfo> parse_tcb_info(ByteView value);
/// One to sixteen of them.
[[nodiscard]] Result<std::vector<DiceTcbInfo>> parse_tcb_info_sequence(ByteView value);
[[nodiscard]] Result<Bytes> parse_ueid(ByteView value);
[[nodiscard]] Result<CompositeDeviceId> parse_composite_device_id(ByteView value);

/// 1 to 64 printable characters; nullopt for anything else.
[[nodiscard]] std::optional<std::string> printable_text(ByteView octets);

}  // namespace hallmark
