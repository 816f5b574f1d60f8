// The two ways from an attested key to the pinned root: X.509 by the chain validator, and the Open
// Profile's CBOR, whose topmost certificate an anchor's key must have signed. Within this room
// only.
#pragma once

#include "ca/attestation/dice_layers.h"
#include "ca/attestation/verifier.h"

namespace hallmark {

struct DicePathGround {
    const ChainValidator& chains;
    const VendorPin& pin;
    TcbInfoSyntax syntax = TcbInfoSyntax::tcg;
    Instant now;
};

/// What the leaf's key usage lets it sign. The Open Profile gives a CDI's key keyCertSign alone.
enum class LeafSigns { anything, certificates_alone };

struct DicePath {
    std::vector<DiceCertificate> certificates;  ///< The leaf first, the anchor last.
    LeafSigns leaf_signs = LeafSigns::anything;
    Digest anchor{};
};

/// Reason of both: evidence_not_accepted; "chain: ..." where the pin may not have been it.
[[nodiscard]] Result<DicePath> x509_dice_path(const std::vector<Bytes>& chain,
                                              const DicePathGround& ground);
/// One certificate each, in the order of an X.509 chain: the leaf's first, the UDS's last or left
/// out. (Android's chain is this in reverse, behind the UDS's public key.)
[[nodiscard]] Result<DicePath> cbor_dice_path(const std::vector<Bytes>& chain,
                                              const DicePathGround& ground);

}  // namespace hallmark
