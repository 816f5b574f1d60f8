// A software element of each format before a verifier: its evidence, what was expected of it, and
// the root that vouches for it. Header alone, since it needs the rooms of both sides.
#pragma once

#include "ca/attestation/family.h"
#include "ca/crypto/csr.h"
#include "ca/crypto/hash.h"
#include "station/csr.h"
#include "station/protocol_proofs.h"
#include "station/soft_elements.h"
#include "tests/support/pki.h"

#include <stdexcept>

namespace hallmark::testing {

struct Shown {
    std::string format;
    Bytes root;
    Evidence evidence;  ///< As it is judged: out of the request, where the format is a packaging.
    Expected expected;
    Evidence came;                   ///< As it was sent.
    std::optional<Bytes> attribute;  ///< id-aa-attestation of the request.

    [[nodiscard]] VendorPin pin() const { return pin_of(evidence.format, root); }
    /// The format's pin under whichever root.
    static VendorPin pin_of(const std::string& format, const Bytes& root) {
        const bool is_tpm = format == "tpm2" || format == "tcg-csr-idevid";
        return {.vendor = VendorId(is_tpm ? "swtpm" : "example"),
                .format = format,
                .anchors = {.roots = {root}, .intermediates = {}},
                .exceptions = {},
                .status = nothing_revoked()};
    }
    static std::shared_ptr<const StatusList> nothing_revoked() {
        auto list = StatusList::parse(R"({"entries": {}})", noon(), std::chrono::hours(1));
        return std::make_shared<const StatusList>(std::move(list).value());
    }
};

/// Challenge, leaf key, request and evidence of one element, as at noon().
[[nodiscard]] inline Shown shown(const EvidenceFamily& family, const Bytes& root,
                                 const SoftIdentity& identity) {
    const auto element = open_soft_element(identity);
    const std::string format(element->format());
    const auto opening = family.open({.evidence = {format, element->introduce()}},
                                     {Shown::pin_of(format, root)}, noon());
    if (!opening) throw std::runtime_error(opening.error().detail);
    ReceivedChallenge answer;
    answer.challenge = Bytes(32, 3);
    const Bytes spki = element->make_leaf();
    answer.nonce = nonce_for({"factory", answer.challenge, spki});
    answer.csr = hallmark::make_csr({.spki = spki,
                                     .nonce = answer.nonce,
                                     .attributes = element->request_attributes(answer.nonce)},
                                    [&](ByteView message) { return element->sign(message); });
    for (const auto& [name, octets] : opening->answer)
        answer.members.push_back({.name = name, .values = {octets}});
    Expected expected;
    expected.nonce = answer.nonce;
    expected.spki = spki;
    expected.activation_secret = opening->activation_secret;
    expected.challenge = answer.challenge;
    expected.challenge_password = to_base64(answer.nonce);
    expected.csr_sha256 = sha256(answer.csr);
    expected.ek_certificate = opening->ek_certificate;
    expected.ak_name = opening->ak_name;
    const Evidence came = element->attest(answer);
    const std::optional<Bytes> attribute = parse_csr(answer.csr).value().attestation;
    return {format, root, family.unpacked(came, attribute).value(), expected, came, attribute};
}

/// One of each format that a software element speaks.
[[nodiscard]] inline std::vector<Shown> one_of_each(const EvidenceFamily& family) {
    std::vector<Shown> all;
    for (const std::string& format : soft_formats()) {
        const SoftDelivery delivery = deliver(format, {});
        all.push_back(shown(family, delivery.root, delivery.identities.front()));
    }
    return all;
}

}  // namespace hallmark::testing
