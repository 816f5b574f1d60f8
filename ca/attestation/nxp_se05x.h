// Format "nxp-se05x": what an NXP EdgeLock SE05x says of a key pair in it when it is read with
// attestation, signed by the attestation key that NXP put there and certified.
//
// Sources: NXP's Plug & Trust middleware (command, response, tags, the two forms of what is signed,
// attributes, rights, the caveats on old applets) and its nano package (the command's octets, the
// typed key pairs); wolfSSL's SE05x port, which checks both forms; a real SE050's certificate and
// attributes, as World publishes them (names, no key identifiers, no object version before applet
// 6). Not confirmed on a part: attributes of applets 6 and 7 (the middleware reads a version behind
// the origin), and that no policy listed means the default ones, which allow to write. The
// middleware shows no attested generation of a key whose form could be checked: none is taken.
//
// Before applet 7.2 values are signed one behind the other without their lengths, and the same key
// also signs so what the element read as I2C master: whoever holds the element and its bus can have
// an attested read signed that never was. Such evidence proves the element and no more.
//
// Taken: P-256 and, from applet 7.2 on, P-384 key pairs that were made inside, may sign, and can
// neither be written nor exported.
#pragma once

#include "ca/attestation/verifier.h"

namespace hallmark {

class NxpSe05xVerifier final : public EvidenceVerifier {
public:
    /// `chains` must outlive the verifier.
    explicit NxpSe05xVerifier(const ChainValidator& chains) : chains_(chains) {}

    [[nodiscard]] std::string_view format() const noexcept override { return "nxp-se05x"; }
    /// Members chain (the attestation key's certificate first), command (C-APDU as it was sent, in
    /// extended form), response (R-APDU with its status word) and applet_version (three octets;
    /// unsigned, so it is no claim). The command's random octets are the nonce's first 16. Custody
    /// knows the element by its attestation key.
    [[nodiscard]] Result<VerifiedElement> verify(const Evidence& evidence, const VendorPin& pin,
                                                 const Expected& expected,
                                                 Instant now) const override;

private:
    const ChainValidator& chains_;
};

}  // namespace hallmark
