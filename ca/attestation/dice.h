// Format "dice": a key that a device's layers derived and certified one after another, each stating
// what it measured of the next, up to the key that the maker certified. Member chain holds X.509
// certificates, of TCG's DICE Attestation Architecture or of the Open Profile for DICE; member
// cbor_chain the latter's certificates in CBOR. The alias key, which the request is for, signs the
// nonce.
//
// Confirmed: the Open Profile's fields, tags, names and key usages, by its specification and its
// published vectors (X.509 and CBOR, Ed25519), and Android's configuration descriptor by its
// profile; DiceTcbInfo's fields and tags, flagsMask at [10], and CompositeDeviceID under the same
// identifier, by the sources of two makers' verifiers; fixedWidth (31) by Caliptra's. Recalled and
// not seen: how TCG's text would have flagsMask read (here: a flag outside it is not claimed), and
// any device's real chain with DiceTcbInfo.
//
// What a layer's firmware is worth is not judged here: measurements are claims, for the policy and
// the record. Who breaks a layer speaks for all above it, and for none below.
#pragma once

#include "ca/attestation/verifier.h"

namespace hallmark {

class DiceVerifier final : public EvidenceVerifier {
public:
    /// `chains` must outlive the verifier. `riot_makers`: vendors whose certificates bear RIoT's
    /// CompositeDeviceID under TcbInfo's identifier, and no TcbInfo; nobody's are taken for it by
    /// their looks.
    explicit DiceVerifier(const ChainValidator& chains, std::set<VendorId> riot_makers = {})
        : chains_(chains), riot_makers_(std::move(riot_makers)) {}

    [[nodiscard]] std::string_view format() const noexcept override { return "dice"; }
    /// Members: chain or cbor_chain, the attested key's certificate first, and signature, by that
    /// key over dice_nonce_statement: ECDSA in DER with SHA-256 (P-256) or SHA-384 (P-384), or RSA
    /// with PKCS#1 and SHA-256. It is needed where a nonce is expected, and looked at nowhere else.
    /// Custody knows the element by the key that the maker certified: DeviceID, IDevID, UDS.
    [[nodiscard]] Result<VerifiedElement> verify(const Evidence& evidence, const VendorPin& pin,
                                                 const Expected& expected,
                                                 Instant now) const override;

private:
    const ChainValidator& chains_;
    std::set<VendorId> riot_makers_;
};

/// What the attested key signs: "hallmark-dice-v1" || 00 || nonce.
[[nodiscard]] Bytes dice_nonce_statement(ByteView nonce);

}  // namespace hallmark
