#include "ca/attestation/webauthn.h"

#include "ca/attestation/android_attestation.h"
#include "ca/attestation/freshness.h"
#include "ca/attestation/members.h"
#include "ca/attestation/tpm2_endorsement.h"
#include "ca/attestation/tpm2_rules.h"
#include "ca/attestation/webauthn_object.h"
#include "ca/crypto/cose_key.h"
#include "ca/crypto/der.h"

#include <algorithm>

namespace hallmark {
namespace {

constexpr std::string_view aaguid_oid = "1.3.6.1.4.1.45724.1.1.4";  // 8.2.1: id-fido-gen-ce-aaguid
constexpr std::string_view organizational_unit = "2.5.4.11";        // RFC 5280 A.1

/// Who vouches for the credential's key, and for what kind of element.
struct Vouched {
    std::string vendor;
    std::string model;
    Digest element_key{};
    Digest anchor{};
    std::vector<std::pair<std::string, std::string>> detail = {};
};

struct Statement {
    const AttestationObject& object;
    Digest client_data{};  ///< SHA-256
    Bytes signed_octets;   ///< authData || SHA-256(client data): attToBeSigned.
    bool revocation_unchecked = false;
    const VendorPin& pin;
    const ChainValidator& chains;
    Instant now;
};

Refusal malformed_statement() {
    return evidence_refused("statement", "its members are not what they must be");
}

/// x5c: a list of certificates, the attestation certificate first.
std::optional<std::vector<Bytes>> certificates_in(const CborItem& statement) {
    const CborItem* const x5c = statement.find("x5c");
    if (!x5c || x5c->kind != CborItem::Kind::array || x5c->items.empty()) return std::nullopt;
    std::vector<Bytes> chain;
    for (const CborItem& item : x5c->items) {
        if (item.kind != CborItem::Kind::bytes) return std::nullopt;
        chain.push_back(item.octets);
    }
    return chain;
}

const Bytes* octets_in(const CborItem& statement, std::string_view name) {
    const CborItem* const item = statement.find(name);
    return item && item->kind == CborItem::Kind::bytes ? &item->octets : nullptr;
}

std::optional<SignatureAlgorithm> algorithm_in(const CborItem& statement) {
    const CborItem* const item = statement.find("alg");
    if (!item || item->kind != CborItem::Kind::number) return std::nullopt;
    return cose_signature_algorithm(item->number);
}

/// 8.2.1: what an attestation certificate says of itself.
Result<Done> check_attestation_certificate(const Certificate& certificate, ByteView aaguid) {
    const auto constraints = certificate.basic_constraints();
    if (!constraints || constraints->ca)
        return evidence_refused("certificate", "not marked as an end entity's");
    const auto rdns = parse_name(certificate.subject);
    const bool is_named =
        rdns && std::any_of(rdns->begin(), rdns->end(), [](const auto& rdn) {
            return std::any_of(rdn.begin(), rdn.end(), [](const NameAttribute& attribute) {
                return attribute.type == organizational_unit &&
                       attribute.value == "Authenticator Attestation";
            });
        });
    if (!is_named)
        return evidence_refused("certificate", "not named for authenticator attestation");
    const Extension* const extension = certificate.find(aaguid_oid);
    if (!extension) return Done{};
    const auto stated = sole_element(extension->value, tag::octet_string);
    if (extension->critical || !stated || !equal(stated->content, aaguid))
        return evidence_refused("certificate", "for another model of authenticator");
    return Done{};
}

/// 8.2.
Result<Vouched> check_packed(const Statement& given) {
    const CborItem& statement = given.object.statement;
    if (!statement.find("x5c")) {
        return evidence_refused("statement", statement.find("ecdaaKeyId")
                                                 ? "ECDAA is not taken"
                                                 : "self attestation proves nothing");
    }
    const auto chain = certificates_in(statement);
    const Bytes* const signature = octets_in(statement, "sig");
    const auto algorithm = algorithm_in(statement);
    if (!chain || !signature || statement.items.size() != 6) return malformed_statement();
    if (!algorithm) return evidence_refused("signature", "algorithm not taken");
    // Attestation certificates as real units have them bear no key identifiers.
    std::set<ChainException> exceptions = given.pin.exceptions;
    exceptions.insert(ChainException::missing_authority_key_identifier);
    HALLMARK_TRY(validated,
                 given.chains.validate({.leaf = chain->front(),
                                        .intermediates = {chain->begin() + 1, chain->end()},
                                        .purpose = Purpose::any,
                                        .exceptions = std::move(exceptions),
                                        .at = given.now,
                                        .limits = {}},
                                       given.pin.anchors));
    HALLMARK_TRY(fit, check_attestation_certificate(validated.leaf, given.object.aaguid));
    if (!verify_signature(validated.leaf_key, *algorithm, given.signed_octets, *signature))
        return evidence_refused("signature", "not by the key of the attestation certificate");
    return Vouched{.vendor = given.pin.vendor.get(),
                   .model = "aaguid:" + to_hex(given.object.aaguid),
                   .element_key = validated.leaf_key.digest(),
                   .anchor = validated.anchor};
}

/// 8.3, and what this house asks of a TPM's key: WebAuthn does not.
Result<Vouched> check_tpm(const Statement& given) {
    const CborItem& statement = given.object.statement;
    const CborItem* const version = statement.find("ver");
    const auto chain = certificates_in(statement);
    const Bytes* const signature = octets_in(statement, "sig");
    const Bytes* const info = octets_in(statement, "certInfo");
    const Bytes* const area = octets_in(statement, "pubArea");
    const auto algorithm = algorithm_in(statement);
    if (!version || version->kind != CborItem::Kind::text || version->text() != "2.0" || !chain ||
        !signature || !info || !area || statement.items.size() != 12) {
        return malformed_statement();
    }
    if (!algorithm) return evidence_refused("signature", "algorithm not taken");
    HALLMARK_TRY(key, parse_tpm_public(*area));
    HALLMARK_TRY(named, check_name_algorithm(key, "key"));
    HALLMARK_TRY(kept, check_leaf_key(key));
    HALLMARK_TRY(public_key, public_key_of(key));
    if (public_key.spki() != given.object.spki)
        return evidence_refused("key", "the TPM's is not the credential's");
    HALLMARK_TRY(attest, parse_tpm_attest(*info));
    if (attest.type != TpmAttest::certify) return evidence_refused("type", "not a certification");
    if (attest.extra_data != hash(hash_of(*algorithm), given.signed_octets))
        return evidence_refused("statement", "not about this authenticator and client data");
    if (attest.name != key.name)
        return evidence_refused("name", "the certified Name is not this key's");
    HALLMARK_TRY(endorsement, check_endorsement({.chains = given.chains,
                                                 .pin = given.pin,
                                                 .chain = *chain,
                                                 .kind = EndorsedKey::ak,
                                                 .now = given.now}));
    if (!verify_signature(endorsement.key, *algorithm, *info, *signature))
        return evidence_refused("signature", "not by the key of the AK certificate");
    return Vouched{.vendor = std::string(endorsement.identity.manufacturer.vendor),
                   .model = endorsement.identity.model,
                   .element_key = endorsement.key.digest(),
                   .anchor = endorsement.anchor};
}

/// 8.4, and what this house asks of an Android key.
Result<Vouched> check_android_key(const Statement& given) {
    const CborItem& statement = given.object.statement;
    const auto chain = certificates_in(statement);
    const Bytes* const signature = octets_in(statement, "sig");
    const auto algorithm = algorithm_in(statement);
    if (!chain || !signature || statement.items.size() != 6) return malformed_statement();
    if (!algorithm) return evidence_refused("signature", "algorithm not taken");
    HALLMARK_TRY(judged, judge_android_chain(*chain, given.pin, given.chains,
                                             given.revocation_unchecked, given.now));
    if (judged.key.spki() != given.object.spki)
        return evidence_refused("key", "the device's is not the credential's");
    if (!verify_signature(judged.key, *algorithm, given.signed_octets, *signature))
        return evidence_refused("signature", "not by the credential's key");
    if (!equal(judged.says.challenge, given.client_data))
        return evidence_refused("statement", "not about this client data");
    Claims told;
    tell_android(judged, told);
    return Vouched{.vendor = given.pin.vendor.get(),
                   .model = told.model.value_or(""),
                   .element_key = judged.element_key,
                   .anchor = judged.anchor,
                   .detail = std::move(told.detail)};
}

Result<Vouched> check_statement(const Statement& given) {
    const std::string& format = given.object.statement_format;
    if (format == "packed") return check_packed(given);
    if (format == "tpm") return check_tpm(given);
    if (format == "android-key") return check_android_key(given);
    if (format == "none") return evidence_refused("statement", "no attestation");
    return evidence_refused("statement", "not taken: " + format.substr(0, 32));
}

}  // namespace

Result<VerifiedElement> WebauthnVerifier::verify(const Evidence& evidence, const VendorPin& pin,
                                                 const Expected& expected, Instant now) const {
    HALLMARK_TRY(members, check_members(evidence,
                                        {{.name = "attestation_object"}, {.name = "client_data"}}));
    const Bytes& client_data = evidence.find("client_data")->values.front();
    HALLMARK_TRY(object,
                 parse_attestation_object(evidence.find("attestation_object")->values.front()));
    HALLMARK_TRY(challenge, challenge_in(client_data));
    Bytes signed_octets = object.authenticator_data;
    const Digest client_data_sha256 = sha256(client_data);
    append(signed_octets, ByteView(client_data_sha256));
    HALLMARK_TRY(vouched, check_statement({.object = object,
                                           .client_data = client_data_sha256,
                                           .signed_octets = std::move(signed_octets),
                                           .revocation_unchecked = expected.revocation_unchecked,
                                           .pin = pin,
                                           .chains = chains_,
                                           .now = now}));
    HALLMARK_TRY(meant, check_key(object.spki, expected));
    HALLMARK_TRY(freshness, check_nonce(challenge, expected));
    Claims claims;
    claims.format = "webauthn";
    claims.vendor = vouched.vendor;
    if (!vouched.model.empty()) claims.model = vouched.model;
    claims.public_key = object.spki;
    claims.origin = "generated";
    claims.exportable = false;
    claims.usage = {"sign"};
    claims.freshness = freshness;
    claims.assurance = Assurance::hw_key_attested;
    claims.anchor = vouched.anchor;
    claims.detail = {{"aaguid", to_hex(object.aaguid)},
                     {"relying_party_sha256", to_hex(ByteView(object.relying_party))},
                     {"statement", object.statement_format}};
    claims.detail.insert(claims.detail.end(), vouched.detail.begin(), vouched.detail.end());
    return VerifiedElement{.claims = std::move(claims), .element_key = vouched.element_key};
}

}  // namespace hallmark
