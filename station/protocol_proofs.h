// The three formulas that bind what the station sends: nonce, activation proof, installation proof.
// Written here from the protocol and not shared with the server, so that the two check each other.
#pragma once

#include "ca/domain/bytes.h"

#include <string_view>

namespace hallmark {

/// SHA-256("hallmark-nonce-v1" || 00 || door || challenge || SHA-256(SPKI))
struct NonceParts {
    std::string_view door;
    ByteView challenge;
    ByteView spki;
};
[[nodiscard]] Bytes nonce_for(const NonceParts& parts);

/// HMAC-SHA256(secret, "hallmark-activation-v1" || 00 || challenge || SHA-256(EK certificate) ||
/// Name(AK) || SHA-256(attest) || SHA-256(CSR))
struct ActivationParts {
    ByteView secret;
    ByteView challenge;
    ByteView ek_certificate;
    ByteView ak_name;
    ByteView attest;
    ByteView csr;
};
[[nodiscard]] Bytes activation_for(const ActivationParts& parts);

/// What the leaf key signs: "hallmark-installation-v1" || 00 || issuance || installation nonce ||
/// SHA-256(certificate DER)
struct InstallationParts {
    std::string_view issuance;
    ByteView nonce;
    ByteView certificate_der;
};
[[nodiscard]] Bytes installation_message(const InstallationParts& parts);

}  // namespace hallmark
