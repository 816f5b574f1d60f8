// Format "optiga-trust-m": an Infineon OPTIGA Trust M by its factory certificate (object E0E0) and
// key (E0F0), and a host's word for a key in it. Identity alone: CalcSign signs any digest that the
// host gives it, so that the chip vouches for no key.
//
// Seen: a chip's certificate in certificates/README.md of Infineon's repository optiga-trust-m
// (P-256, under "Infineon OPTIGA(TM) Trust M CA 101", subject "Infineon IoT Node" as on every chip,
// keyUsage coded 03 02 00 80, policy 1.2.276.0.68.1.20.1, no extended key usage); the TLS identity
// header in Infineon's example for Trust X (C0 01CA 0001C7 0001C4); optiga_crypt_ecdsa_sign, which
// takes a digest; Infineon's OpenSSL engine, which puts a SEQUENCE around the answer. Recalled and
// not seen: that E0F1 to E0F3 hold EC keys and E0FC and E0FD RSA ones. Not known: whether the
// certificate's serial number is a number of the chip's own, so it is detail and no element serial.
//
// What is signed is a profile of our own, docs/profiles/optiga-trust-m.asn.
#pragma once

#include "ca/attestation/verifier.h"

namespace hallmark {

class OptigaVerifier final : public EvidenceVerifier {
public:
    /// `chains` must outlive the verifier.
    explicit OptigaVerifier(const ChainValidator& chains) : chains_(chains) {}

    [[nodiscard]] std::string_view format() const noexcept override { return "optiga-trust-m"; }
    /// Members chain (E0E0, then authorities), statement and signature. Assurance is
    /// hw-identity-only; origin and exportable are absent. Custody knows the element by the key in
    /// E0F0.
    [[nodiscard]] Result<VerifiedElement> verify(const Evidence& evidence, const VendorPin& pin,
                                                 const Expected& expected,
                                                 Instant now) const override;

private:
    const ChainValidator& chains_;
};

}  // namespace hallmark
