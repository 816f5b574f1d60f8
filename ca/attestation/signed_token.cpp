#include "ca/attestation/signed_token.h"

#include "ca/attestation/members.h"
#include "ca/crypto/cose.h"

namespace hallmark {
namespace {

/// No purpose is asked for: there is none that attestation keys bear.
Result<Done> check_signer(const Certificate& certificate) {
    const auto constraints = certificate.basic_constraints();
    if (constraints && constraints->ca) return evidence_refused("certificate", "an authority's");
    const auto usage = certificate.key_usage();
    if (usage && !usage->has(KeyUsage::digital_signature))
        return evidence_refused("certificate", "not for digital signatures");
    return Done{};
}

Result<SignedToken> open_under(const CoseSign1& message, const std::vector<Bytes>& chain,
                               const TrustAnchors& anchors, const TokenGround& given) {
    // Attestation certificates as real units have them bear no key identifiers.
    std::set<ChainException> exceptions = given.pin.exceptions;
    exceptions.insert(ChainException::missing_authority_key_identifier);
    HALLMARK_TRY(signer, given.chains.validate({.leaf = chain.front(),
                                                .intermediates = {chain.begin() + 1, chain.end()},
                                                .purpose = Purpose::any,
                                                .exceptions = std::move(exceptions),
                                                .at = given.now,
                                                .limits = {}},
                                               anchors));
    HALLMARK_TRY(fit, check_signer(signer.leaf));
    HALLMARK_TRY(verified, verify_cose_sign1(message, signer.leaf_key));
    return SignedToken{.payload = message.payload, .signer = std::move(signer)};
}

/// An authority's certificate says nothing of a token, and neither does one that leaves it open.
bool is_end_entity(ByteView der) {
    const auto certificate = parse_certificate(der);
    if (!certificate) return false;
    const auto constraints = certificate->basic_constraints();
    return constraints && !constraints->ca;
}

Result<SignedToken> open_under_a_pinned_key(const CoseSign1& message, const TokenGround& given) {
    for (const Bytes& root : given.pin.anchors.roots) {
        if (!is_end_entity(root)) continue;
        auto opened = open_under(message, {root}, {.roots = {root}, .intermediates = {}}, given);
        if (opened) return opened;
    }
    return evidence_refused("chain", "none, and no pinned key signed the token");
}

}  // namespace

Result<SignedToken> open_token(const TokenGround& given) {
    HALLMARK_TRY(members, check_members(given.evidence,
                                        {{.name = "token"},
                                         {.name = "chain", .is_list = true, .needed = false}}));
    HALLMARK_TRY(message, parse_cose_sign1(
                              given.evidence.find("token")->values.front(),
                              {.tag = CoseTag::required, .unprotected = CoseUnprotected::hints}));
    const EvidenceMember* const chain = given.evidence.find("chain");
    if (!chain) return open_under_a_pinned_key(message, given);
    return open_under(message, chain->values, given.pin.anchors, given);
}

Result<Bytes> key_by_nonce(const Expected& expected) {
    if (!expected.spki) return Bytes();
    if (!expected.nonce)
        return evidence_refused("key", "bound by the nonce alone, and none was asked for");
    return *expected.spki;
}

}  // namespace hallmark
