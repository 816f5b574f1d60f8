#include "ca/attestation/optiga.h"

#include "ca/attestation/certificate_words.h"
#include "ca/attestation/freshness.h"
#include "ca/attestation/members.h"
#include "ca/attestation/optiga_objects.h"

namespace hallmark {
namespace {

constexpr std::string_view reason =
    "the chip signs any digest for its host, and vouches for no key";

/// The certificate of a factory key: it signs, is confined to no purpose, and certifies nobody.
Result<Done> check_identity(const Certificate& certificate, const PublicKey& key) {
    const auto constraints = certificate.basic_constraints();
    if (constraints && constraints->ca) return evidence_refused("certificate", "an authority's");
    const auto usage = certificate.key_usage();
    if (!usage || !usage->has(KeyUsage::digital_signature))
        return evidence_refused("certificate", "not for digital signatures");
    if (certificate.extended_key_usage())
        return evidence_refused("certificate", "confined to other purposes");
    if (key.algorithm() != KeyAlgorithm::ec_p256)
        return evidence_refused("certificate", "not of a P-256 key");
    return Done{};
}

/// A key object of the user's that can hold such a key.
Result<Done> check_object(const OptigaStatement& says, const PublicKey& key) {
    const bool is_ec = says.key_object >= 0xE0F1 && says.key_object <= 0xE0F3;
    const bool is_rsa = says.key_object == 0xE0FC || says.key_object == 0xE0FD;
    if (!is_ec && !is_rsa) return evidence_refused("key", "in no object for keys of the user's");
    if (is_ec != key.is_ec()) return evidence_refused("key", "of another kind than its object's");
    return Done{};
}

Result<std::vector<std::pair<std::string, std::string>>> detail_of(const Certificate& identity,
                                                                   const OptigaStatement& says) {
    const auto policies = certificate_policies(identity);
    if (!policies) return evidence_refused("certificate", "its policies are malformed");
    const Bytes object{static_cast<unsigned char>(says.key_object >> 8),
                       static_cast<unsigned char>(says.key_object & 0xFFu)};
    std::vector<std::pair<std::string, std::string>> detail{
        {"certificate_serial", to_hex(identity.serial)},
        {"issuer", name_text(identity.issuer)},
        {"key_object", to_hex(object)}};
    if (policies->size() == 1) detail.emplace_back("policy", policies->front());
    detail.emplace_back("reason", reason);
    return detail;
}

}  // namespace

Result<VerifiedElement> OptigaVerifier::verify(const Evidence& evidence, const VendorPin& pin,
                                               const Expected& expected, Instant now) const {
    HALLMARK_TRY(members, check_members(evidence, {{.name = "chain", .is_list = true},
                                                   {.name = "statement"},
                                                   {.name = "signature"}}));
    const std::vector<Bytes>& chain = evidence.find("chain")->values;
    const Bytes& statement = evidence.find("statement")->values.front();
    HALLMARK_TRY(certificate, certificate_in_object(chain.front()));
    HALLMARK_TRY(chip, chains_.validate({.leaf = certificate,
                                         .intermediates = {chain.begin() + 1, chain.end()},
                                         .purpose = Purpose::any,
                                         .exceptions = pin.exceptions,
                                         .at = now,
                                         .limits = {}},
                                        pin.anchors));
    HALLMARK_TRY(fit, check_identity(chip.leaf, chip.leaf_key));
    if (!verify_signature(chip.leaf_key, SignatureAlgorithm::ecdsa_sha256, statement,
                          evidence.find("signature")->values.front())) {
        return evidence_refused("signature", "not by the chip's identity key");
    }
    HALLMARK_TRY(says, parse_optiga_statement(statement));
    const auto key = parse_public_key(says.spki);
    if (!key) return Refusal{Reason::evidence_not_accepted, key.error().detail};
    if (key->digest() == chip.leaf_key.digest())
        return evidence_refused("key", "the chip's identity key itself");
    HALLMARK_TRY(kept, check_object(says, *key));
    HALLMARK_TRY(meant, check_key(key->spki(), expected));
    HALLMARK_TRY(freshness, check_nonce(says.nonce, expected));
    HALLMARK_TRY(detail, detail_of(chip.leaf, says));

    Claims claims;
    claims.format = "optiga-trust-m";
    claims.vendor = pin.vendor.get();
    claims.public_key = key->spki();
    claims.freshness = freshness;
    claims.assurance = Assurance::hw_identity_only;
    claims.anchor = chip.anchor;
    claims.detail = std::move(detail);
    return VerifiedElement{.claims = std::move(claims), .element_key = chip.leaf_key.digest()};
}

}  // namespace hallmark
