#include "ca/attestation/dice_paths.h"

#include "ca/attestation/members.h"

#include <algorithm>

namespace hallmark {
namespace {

constexpr std::size_t longest_cbor_chain = 8;

bool is_pinned(const TrustAnchors& anchors, const Bytes& der) {
    const auto stands = [&](const std::vector<Bytes>& pinned) {
        return std::find(pinned.begin(), pinned.end(), der) != pinned.end();
    };
    return stands(anchors.roots) || stands(anchors.intermediates);
}

LeafSigns leaf_signs(const Certificate& leaf) {
    const auto usage = leaf.key_usage();
    return usage && !usage->has(KeyUsage::digital_signature) ? LeafSigns::certificates_alone
                                                             : LeafSigns::anything;
}

/// Believed as pinned, as the chain validator does: of it only key and validity are judged.
std::optional<std::string> objection_to_validity(const Certificate& anchor,
                                                 const DicePathGround& ground) {
    if (ground.now < anchor.not_before) return "not yet valid (anchor)";
    // RFC 5280 4.1.2.5: the last second is valid to its end.
    const bool expired = ground.now >= anchor.not_after + std::chrono::seconds(1);
    if (expired && !ground.pin.exceptions.contains(ChainException::expired_issuers))
        return "expired (anchor)";
    return std::nullopt;
}

Result<Certificate> anchor_of(const OpenDiceCertificate& topmost, const DicePathGround& ground) {
    for (const Bytes& root : ground.pin.anchors.roots) {
        auto anchor = parse_certificate(root);
        if (!anchor || !is_signed_under(topmost.message, anchor->spki)) continue;
        if (const auto objection = objection_to_validity(*anchor, ground))
            return evidence_refused("chain", *objection);
        return std::move(*anchor);
    }
    return evidence_refused("chain", "no path to a pinned root");
}

/// RFC 8392 3.1.4, 3.1.5: seconds since 1970; not on or after exp, not before nbf.
Result<Done> check_dates(const OpenDiceCertificate& certificate, Instant now) {
    const std::int64_t seconds =
        std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    if (certificate.expires && seconds >= *certificate.expires)
        return evidence_refused("open-dice", "a certificate has expired");
    if (certificate.not_before && seconds < *certificate.not_before)
        return evidence_refused("open-dice", "a certificate is not yet valid");
    return Done{};
}

Result<Done> check_issued(const OpenDiceCertificate& certificate,
                          const OpenDiceCertificate& issuer) {
    if (certificate.issuer != issuer.subject)
        return evidence_refused("open-dice", "a certificate is issued under another name");
    if (!issuer.may_certify)
        return evidence_refused("open-dice", "an issuer's key is not for certificates");
    if (!is_signed_under(certificate.message, issuer.subject_spki))
        return evidence_refused("open-dice", "a certificate is not signed by the next one's key");
    return Done{};
}

Result<DiceCertificate> judged(const OpenDiceCertificate& certificate) {
    DiceCertificate judged;
    judged.spki = certificate.subject_spki;
    judged.is_authority = certificate.may_certify;
    if (certificate.input) {
        HALLMARK_TRY(layer, judge_open_dice(*certificate.input));
        judged.layer = std::move(layer);
    }
    return judged;
}

}  // namespace

Result<DicePath> x509_dice_path(const std::vector<Bytes>& chain, const DicePathGround& ground) {
    HALLMARK_TRY(validated,
                 ground.chains.validate_path({.leaf = chain.front(),
                                              .intermediates = {chain.begin() + 1, chain.end()},
                                              .purpose = Purpose::any,
                                              .exceptions = ground.pin.exceptions,
                                              .at = ground.now,
                                              .limits = {},
                                              .understood = dice_extensions()},
                                             ground.pin.anchors));
    std::vector<Certificate> issuers;
    for (const Bytes& der : validated.issuers) {
        HALLMARK_TRY(issuer, parse_certificate(der));
        issuers.push_back(std::move(issuer));
    }
    DicePath path{
        .certificates = {}, .leaf_signs = leaf_signs(validated.leaf), .anchor = validated.anchor};
    for (std::size_t i = 0; i < issuers.size(); ++i) {
        const Certificate& each = i == 0 ? validated.leaf : issuers[i - 1];
        HALLMARK_TRY(certificate, read_dice_certificate({.certificate = each,
                                                         .issuer_spki = issuers[i].spki,
                                                         .syntax = ground.syntax}));
        path.certificates.push_back(std::move(certificate));
        path.certificates.back().is_pinned = is_pinned(ground.pin.anchors, each.der);
    }
    path.certificates.push_back({.spki = issuers.back().spki,
                                 .is_authority = true,
                                 .is_pinned = true,
                                 .layer = {},
                                 .ueid = {}});
    return path;
}

Result<DicePath> cbor_dice_path(const std::vector<Bytes>& chain, const DicePathGround& ground) {
    if (chain.size() > longest_cbor_chain)
        return evidence_refused("member", "cbor_chain has more certificates than the limit");
    std::vector<OpenDiceCertificate> certificates;
    for (const Bytes& cbor : chain) {
        HALLMARK_TRY(certificate, parse_open_dice_certificate(cbor));
        certificates.push_back(std::move(certificate));
    }
    HALLMARK_TRY(anchor, anchor_of(certificates.back(), ground));
    for (std::size_t i = 0; i + 1 < certificates.size(); ++i) {
        HALLMARK_TRY(issued, check_issued(certificates[i], certificates[i + 1]));
    }
    DicePath path{.certificates = {}, .leaf_signs = {}, .anchor = anchor.sha256};
    for (const OpenDiceCertificate& each : certificates) {
        HALLMARK_TRY(dates, check_dates(each, ground.now));
        HALLMARK_TRY(certificate, judged(each));
        path.certificates.push_back(std::move(certificate));
    }
    path.certificates.push_back(
        {.spki = anchor.spki, .is_authority = true, .is_pinned = true, .layer = {}, .ueid = {}});
    return path;
}

}  // namespace hallmark
