#include "ca/attestation/gp_applet.h"

#include "ca/attestation/certificate_words.h"
#include "ca/attestation/freshness.h"
#include "ca/attestation/gp_applet_statement.h"
#include "ca/attestation/members.h"

#include <algorithm>

namespace hallmark {
namespace {

constexpr std::string_view serial_number = "2.5.4.5";  // RFC 5280 A.1
constexpr std::size_t longest_serial = 64;
constexpr unsigned char card_secured = 0x0F;  // GPCS 2.3.1 5.1.1.3

/// The certificate of a key that makes statements and does nothing else.
Result<Done> check_signer(const Certificate& certificate, const PublicKey& signer,
                          const std::string& purpose) {
    const auto constraints = certificate.basic_constraints();
    if (constraints && constraints->ca) return evidence_refused("certificate", "an authority's");
    const auto usage = certificate.key_usage();
    if (!usage || usage->bits != 1u << KeyUsage::digital_signature)
        return evidence_refused("certificate", "not for digital signatures alone");
    const auto purposes = certificate.extended_key_usage();
    if (!purposes || purposes->size() != 1 || purposes->front() != purpose)
        return evidence_refused("certificate", "not of a key that makes statements alone");
    if (!signer.is_ec()) return evidence_refused("certificate", "not of an EC key");
    return Done{};
}

Result<SeSerial> serial_of(const Certificate& certificate) {
    const auto serial = sole_attribute(certificate.subject, serial_number);
    const bool is_one =
        serial && !serial->empty() && serial->size() <= longest_serial &&
        std::all_of(serial->begin(), serial->end(), [](char c) { return c > ' ' && c <= '~'; });
    if (!is_one) return evidence_refused("certificate", "not one card's serial number");
    return SeSerial(*serial);
}

Result<Done> check_signature(const PublicKey& signer, ByteView statement, ByteView signature) {
    const auto algorithm = signer.algorithm() == KeyAlgorithm::ec_p384
                               ? SignatureAlgorithm::ecdsa_sha384
                               : SignatureAlgorithm::ecdsa_sha256;
    if (!verify_signature(signer, algorithm, statement, signature))
        return evidence_refused("signature", "not by the attestation key");
    return Done{};
}

Result<Done> check_kept(const AppletStatement& says) {
    if (says.origin == AppletKeyOrigin::imported) return evidence_refused("key", "imported");
    if (says.exportable) return evidence_refused("key", "exportable");
    const auto may = [&](std::string_view use) {
        return std::find(says.usage.begin(), says.usage.end(), use) != says.usage.end();
    };
    if (may("attest")) return evidence_refused("key", "makes statements itself");
    if (!may("sign")) return evidence_refused("key", "not for signing");
    // Before that its issuer's keys may still be the factory's, and after it no applet answers.
    if (says.card_state != card_secured) return evidence_refused("lifecycle", "card not secured");
    return Done{};
}

Claims claims_of(const AppletStatement& says, const VendorPin& pin) {
    Claims claims;
    claims.format = "gp-applet";
    claims.vendor = pin.vendor.get();
    claims.model = "cap:" + to_hex(says.load_file);
    claims.public_key = says.spki;
    claims.origin = says.origin == AppletKeyOrigin::derived ? "derived" : "generated";
    claims.exportable = false;
    claims.usage = says.usage;
    claims.lifecycle = "production";
    claims.assurance = Assurance::hw_key_attested;
    claims.detail = {{"applet", to_hex(says.applet)},
                     {"counter", std::to_string(says.counter)},
                     {"key_reference", to_hex(says.key_reference)}};
    return claims;
}

}  // namespace

Result<VerifiedElement> GpAppletVerifier::verify(const Evidence& evidence, const VendorPin& pin,
                                                 const Expected& expected, Instant now) const {
    HALLMARK_TRY(members, check_members(evidence, {{.name = "chain", .is_list = true},
                                                   {.name = "statement"},
                                                   {.name = "signature"}}));
    const std::vector<Bytes>& chain = evidence.find("chain")->values;
    const Bytes& statement = evidence.find("statement")->values.front();
    HALLMARK_TRY(signer, chains_.validate({.leaf = chain.front(),
                                           .intermediates = {chain.begin() + 1, chain.end()},
                                           .purpose = Purpose::any,
                                           .exceptions = pin.exceptions,
                                           .at = now,
                                           .limits = {}},
                                          pin.anchors));
    HALLMARK_TRY(fit, check_signer(signer.leaf, signer.leaf_key, purpose_));
    HALLMARK_TRY(serial, serial_of(signer.leaf));
    HALLMARK_TRY(signed_, check_signature(signer.leaf_key, statement,
                                          evidence.find("signature")->values.front()));
    HALLMARK_TRY(says, parse_applet_statement(statement));
    HALLMARK_TRY(kept, check_kept(says));
    const auto key = parse_public_key(says.spki);
    if (!key) return Refusal{Reason::evidence_not_accepted, key.error().detail};
    // It signs requests, so it is not a key that makes statements alone.
    if (key->digest() == signer.leaf_key.digest())
        return evidence_refused("key", "the attestation key itself");
    HALLMARK_TRY(meant, check_key(key->spki(), expected));
    HALLMARK_TRY(freshness, check_nonce(says.nonce, expected));
    VerifiedElement element{.claims = claims_of(says, pin),
                            .element_key = signer.leaf_key.digest()};
    element.claims.element_serial = serial;
    element.claims.freshness = freshness;
    element.claims.anchor = signer.anchor;
    return element;
}

}  // namespace hallmark
