// Format "microchip-atecc608": an ATECC608's attestation of a key in one of its slots. Nonce draws
// a random number and hashes ours into it, GenKey adds the digest of the slot's public key, and
// Sign(Internal) signs that together with the slot's configuration, by the key of the attestation
// slot, whose certificate is shown.
//
// Sources: CryptoAuthLib and CryptoAuthTools for the messages (microchip_messages.h) and compressed
// certificates (microchip_compressed.h); Microchip's pages on the ATECC608B-TNGTLS for what its
// slots may do; the configuration of the TFLXTLS as others publish it (SlotConfig 85 00, 82 00, 85
// 20 and KeyConfig 53 00, 53 00, 73 00 for slots 0, 1 and 2 to 4). Chains were checked against a
// real device's and signer's certificate under "Crypto Authentication Root CA 002". No real
// signature over such a message could be had. Recalled and not seen: what the generator answers
// before the configuration is locked, and that GenKey of mode 10 is refused for slots with private
// keys.
//
// Key attestation is claimed under a profile alone (microchip_profile.h). Any other certificate,
// such as a TNG part's own of slot 0, whose key signs whatever it is given, proves that this
// element was asked and nothing of where the key lives: hw-identity-only.
#pragma once

#include "ca/attestation/microchip_profile.h"
#include "ca/attestation/verifier.h"

namespace hallmark {

class MicrochipVerifier final : public EvidenceVerifier {
public:
    /// `chains` must outlive the verifier.
    explicit MicrochipVerifier(const ChainValidator& chains,
                               std::vector<AteccProfile> profiles = known_profiles())
        : chains_(chains), profiles_(std::move(profiles)) {}

    [[nodiscard]] std::string_view format() const noexcept override { return "microchip-atecc608"; }
    /// Members chain (device, signer, others), rand_out, genkey, sign_internal and signature (r ||
    /// s). Instead of a certificate in the chain: compressed_device and device_key (X || Y), with
    /// eui48 where the certificate names one; compressed_signer and signer_key. The first 20 octets
    /// of the nonce are Nonce's NumIn. Custody knows the element by its certified key.
    [[nodiscard]] Result<VerifiedElement> verify(const Evidence& evidence, const VendorPin& pin,
                                                 const Expected& expected,
                                                 Instant now) const override;

private:
    const ChainValidator& chains_;
    std::vector<AteccProfile> profiles_;
};

}  // namespace hallmark
