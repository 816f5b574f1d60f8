#include "ca/attestation/dice.h"

#include "ca/attestation/dice_paths.h"
#include "ca/attestation/freshness.h"
#include "ca/attestation/members.h"

namespace hallmark {
namespace {

SignatureAlgorithm usual_algorithm(const PublicKey& key) {
    if (!key.is_ec()) return SignatureAlgorithm::rsa_pkcs1_sha256;
    return key.algorithm() == KeyAlgorithm::ec_p256 ? SignatureAlgorithm::ecdsa_sha256
                                                    : SignatureAlgorithm::ecdsa_sha384;
}

/// A signature over another nonce, and one by another key, look alike.
Result<std::string> check_signed_nonce(const EvidenceMember* signature, const PublicKey& key,
                                       const Expected& expected) {
    if (!expected.nonce) return std::string("unchecked");
    if (expected.nonce->empty()) return evidence_refused("nonce", "none was asked for");
    if (!signature) return evidence_refused("signature", "none over the nonce");
    if (!verify_signature(key, usual_algorithm(key), dice_nonce_statement(*expected.nonce),
                          signature->values.front()))
        return evidence_refused("signature", "not by the attested key over this nonce");
    return std::string("nonce");
}

/// The last layer that says which version it is speaks for the device as it runs; the first one's
/// model is the device's.
Claims claims_of(const DiceDevice& device) {
    Claims claims;
    claims.format = "dice";
    claims.origin = "derived";
    claims.usage = {"sign"};
    claims.model = device.layers.front().model;
    claims.firmware = device.layers.back().firmware;
    if (device.ueid) claims.element_serial = SeSerial(to_hex(*device.ueid));
    bool in_production = true;
    for (std::size_t i = 0; i < device.layers.size(); ++i) {
        in_production = in_production && device.layers[i].in_production;
        for (const auto& [name, value] : device.layers[i].says)
            claims.detail.emplace_back("layer-" + std::to_string(i) + "." + name, value);
    }
    if (in_production) claims.lifecycle = "production";
    claims.detail.emplace_back("profile", name_of(device.kind));
    // A measured layer's key is derived from what only that layer was given. What a layer certified
    // beyond that, it may have from anywhere.
    claims.assurance =
        device.leaf_is_measured ? Assurance::hw_key_attested : Assurance::hw_identity_only;
    if (device.leaf_is_measured) claims.exportable = false;
    return claims;
}

}  // namespace

Bytes dice_nonce_statement(ByteView nonce) {
    Bytes statement = to_bytes(std::string_view("hallmark-dice-v1"));
    statement.push_back(0);
    append(statement, nonce);
    return statement;
}

Result<VerifiedElement> DiceVerifier::verify(const Evidence& evidence, const VendorPin& pin,
                                             const Expected& expected, Instant now) const {
    HALLMARK_TRY(members,
                 check_members(evidence, {{.name = "chain", .is_list = true, .needed = false},
                                          {.name = "cbor_chain", .is_list = true, .needed = false},
                                          {.name = "signature", .needed = false}}));
    const EvidenceMember* const x509 = evidence.find("chain");
    const EvidenceMember* const cbor = evidence.find("cbor_chain");
    if ((x509 == nullptr) == (cbor == nullptr))
        return evidence_refused("member", x509 ? "both chain and cbor_chain" : "missing: chain");
    const DicePathGround ground{
        .chains = chains_,
        .pin = pin,
        .syntax = riot_makers_.contains(pin.vendor) ? TcbInfoSyntax::riot : TcbInfoSyntax::tcg,
        .now = now};
    HALLMARK_TRY(
        path, x509 ? x509_dice_path(x509->values, ground) : cbor_dice_path(cbor->values, ground));
    HALLMARK_TRY(device, device_of(path.certificates));
    if (path.leaf_signs == LeafSigns::certificates_alone &&
        !(device.kind == DiceKind::open && device.leaf_is_measured))
        return evidence_refused("layers", "the attested key is not for signatures");
    auto key = parse_public_key(path.certificates.front().spki);
    if (!key) return Refusal{Reason::evidence_not_accepted, key.error().detail};
    HALLMARK_TRY(meant, check_key(key->spki(), expected));
    HALLMARK_TRY(freshness, check_signed_nonce(evidence.find("signature"), *key, expected));
    VerifiedElement element{.claims = claims_of(device), .element_key = device.key};
    element.claims.vendor = pin.vendor.get();
    element.claims.public_key = key->spki();
    element.claims.freshness = freshness;
    element.claims.anchor = path.anchor;
    return element;
}

}  // namespace hallmark
