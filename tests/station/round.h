// One round of challenge and evidence without a server: the element on one side, the server's own
// verifiers on the other.
#pragma once

#include "ca/attestation/family.h"
#include "ca/crypto/hash.h"
#include "ca/domain/clock.h"
#include "station/csr.h"
#include "station/element.h"
#include "station/protocol_proofs.h"
#include "tests/support/pki.h"

namespace hallmark::testing {

/// The server's side of one round, by the server's own code.
struct Round {
    const ChainValidator chains;
    const EvidenceFamily family = make_family(chains);
    std::vector<VendorPin> pins;
    Opening opening;
    Bytes challenge = random_bytes(32);
    Bytes csr;

    explicit Round(const Bytes& root, const std::string& format = "tpm2",
                   std::vector<Bytes> intermediates = {})
        : pins{{.vendor = VendorId("swtpm"),
                .format = format,
                .anchors = {.roots = {root}, .intermediates = std::move(intermediates)},
                .exceptions = {}}} {}

    Evidence take(SecureElement& element, const Bytes& spki) {
        auto opened = family.open({Evidence{pins.front().format, element.introduce()}}, pins,
                                  SystemClock().now());
        if (!opened) throw std::runtime_error("open: " + opened.error().detail);
        opening = *opened;
        csr = hallmark::make_csr(spki, nonce_for({"factory", challenge, spki}),
                                 [&](ByteView message) { return element.sign(message); });
        ReceivedChallenge answer{.challenge = challenge,
                                 .nonce = nonce_for({"factory", challenge, spki}),
                                 .csr = csr,
                                 .members = {}};
        for (const auto& [name, bytes] : opening.answer)
            answer.members.push_back({name, {bytes}});
        return element.attest(answer);
    }

    [[nodiscard]] Result<VerifiedElement> judge(const Evidence& evidence, const Bytes& nonce,
                                                const Bytes& spki) const {
        return family.verify(evidence, pins,
                             {.nonce = nonce,
                              .spki = spki,
                              .activation_secret = opening.activation_secret,
                              .activation_unchecked = false,
                              .challenge = challenge,
                              .csr_sha256 = sha256(csr),
                              .ek_certificate = opening.ek_certificate,
                              .ak_name = opening.ak_name},
                             SystemClock().now());
    }
};

}  // namespace hallmark::testing
