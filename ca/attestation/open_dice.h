// What the Open Profile for DICE states of a layer, read strictly and not judged: in its X.509
// extension (1.3.6.1.4.1.11129.2.1.24), and in its certificates of CBOR, which are CWTs (RFC 8392)
// in an untagged COSE_Sign1. Within this room only.
#pragma once

#include "ca/crypto/cose.h"

#include <optional>
#include <string>
#include <vector>

namespace hallmark {

/// The inputs that a layer's CDI was derived from.
struct OpenDiceInput {
    Bytes code_hash;
    std::optional<Bytes> configuration_hash;
    Bytes configuration;  ///< The descriptor that was hashed, or the input itself.
    Bytes authority_hash;
    std::int64_t mode = 0;
    std::optional<std::string> profile;
};

/// As the Android Profile for DICE writes it; other descriptors are their makers' own.
struct OpenDiceConfiguration {
    std::optional<std::string> component, version;
    std::optional<std::int64_t> security_version;
};

struct OpenDiceCertificate {
    CoseSign1 message;
    std::string issuer, subject;
    Bytes subject_spki;
    bool may_certify = false;  ///< keyUsage has keyCertSign.
    std::optional<std::int64_t> expires, not_before;
    std::optional<OpenDiceInput> input;  ///< None in the UDS's own certificate.
};

/// The extension's whole value. Mode is an ENUMERATED, as the profile's own code writes it, or an
/// INTEGER, as its text says. Reason: evidence_not_accepted, detail "open-dice: ...".
[[nodiscard]] Result<OpenDiceInput> parse_open_dice_extension(ByteView value);
/// One certificate. Claims that the profile does not have are refused. Reason as above, or
/// "cose: ...".
[[nodiscard]] Result<OpenDiceCertificate> parse_open_dice_certificate(ByteView cbor);
/// Says nothing where the descriptor is no map of that profile.
[[nodiscard]] OpenDiceConfiguration read_open_dice_configuration(ByteView descriptor);

/// ES256 or ES384 under a key on its curve, EdDSA under an Ed25519 key.
[[nodiscard]] bool is_signed_under(const CoseSign1& message, ByteView spki);

}  // namespace hallmark
