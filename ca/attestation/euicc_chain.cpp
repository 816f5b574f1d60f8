#include "ca/attestation/euicc_chain.h"

#include "ca/attestation/certificate_words.h"
#include "ca/attestation/euicc_eid.h"
#include "ca/attestation/members.h"

#include <algorithm>

namespace hallmark {
namespace {

// GSMA SGP.22 annex H, id-rspRole: .0 CI, .3 to .7 servers of all kinds.
constexpr std::string_view euicc_role = "2.23.146.1.2.1.1", eum_role = "2.23.146.1.2.1.2";
constexpr std::string_view serial_number = "2.5.4.5", organization_name = "2.5.4.10";
constexpr std::string_view key_usage_oid = "2.5.29.15", basic_constraints_oid = "2.5.29.19",
                           name_constraints_oid = "2.5.29.30", policies_oid = "2.5.29.32";

bool is_of_role(const Certificate& certificate, std::string_view role) {
    const auto policies = certificate_policies(certificate);
    return policies && policies->size() == 1 && policies->front() == role;
}

/// RFC 5280 4.1.2.5: the last second is valid to its end.
bool is_valid_at(const Certificate& certificate, Instant now) {
    return now >= certificate.not_before && now < certificate.not_after + std::chrono::seconds(1);
}

/// Variant O: the CI signs its EUMs itself. An authority between them would be one for other roles,
/// which EUMs are not among.
Result<ValidatedChain> directly_below(ValidatedChain eum) {
    const auto root = parse_certificate(eum.issuers.back());
    const auto constraints = root ? root->basic_constraints() : std::nullopt;
    if (eum.issuers.size() != 1 || (constraints && constraints->path_length == 0))
        return evidence_refused("chain", "the EUM does not stand directly below a CI");
    return eum;
}

/// The EUM's certificate, believed where it is pinned itself, else below a pinned CI.
Result<ValidatedChain> anchored_eum(const std::vector<Bytes>& chain, const VendorPin& pin,
                                    const ChainValidator& chains, Instant now) {
    const std::vector<Bytes>& roots = pin.anchors.roots;
    if (std::find(roots.begin(), roots.end(), chain[1]) == roots.end()) {
        HALLMARK_TRY(below, chains.validate({.leaf = chain[1],
                                             .intermediates = {chain.begin() + 2, chain.end()},
                                             .purpose = Purpose::any,
                                             .exceptions = pin.exceptions,
                                             .at = now,
                                             .limits = {}},
                                            pin.anchors));
        return directly_below(std::move(below));
    }
    auto eum = parse_certificate(chain[1]);
    if (!eum) return evidence_refused("eum", eum.error().detail);
    auto key = parse_public_key(eum->spki);
    if (!key) return evidence_refused("eum", key.error().detail);
    if (!is_valid_at(*eum, now)) return evidence_refused("eum", "not valid now");
    ValidatedChain believed;
    believed.leaf_key = std::move(*key);
    believed.issuers = {chain[1]};
    believed.anchor = eum->sha256;
    believed.leaf = std::move(*eum);
    return believed;
}

Result<std::vector<EidRange>> ranges_of(const ValidatedChain& eum) {
    const auto constraints = eum.leaf.basic_constraints();
    const auto usage = eum.leaf.key_usage();
    if (!constraints || !constraints->ca || !usage || !usage->has(KeyUsage::key_cert_sign))
        return evidence_refused("eum", "not an authority's");
    if (!is_of_role(eum.leaf, eum_role)) return evidence_refused("eum", "of another role");
    if (eum.leaf_key.algorithm() != KeyAlgorithm::ec_p256)
        return evidence_refused("eum", "not of a P-256 key");
    const Extension* const names = eum.leaf.find(name_constraints_oid);
    if (!names) return evidence_refused("eum", "no range of EIDs");
    auto ranges = read_eid_ranges(names->value);
    if (!ranges) return evidence_refused("eum", "constrained in a way that is not taken");
    return std::move(*ranges);
}

/// The eUICC's certificate as this EUM made it.
Result<Certificate> signed_euicc(ByteView der, const ValidatedChain& eum, Instant now) {
    auto euicc = parse_certificate(der);
    if (!euicc) return evidence_refused("euicc", euicc.error().detail);
    if (!equal(euicc->issuer, eum.leaf.subject))
        return evidence_refused("euicc", "issued under another name than the EUM's");
    const auto issuer = euicc->authority_key_identifier();
    if (!issuer || issuer != eum.leaf.subject_key_identifier())
        return evidence_refused("euicc", "names another key as its issuer's");
    if (signature_algorithm_from(euicc->signature_algorithm) != SignatureAlgorithm::ecdsa_sha256)
        return evidence_refused("euicc", "signature algorithm not taken");
    if (!verify_signature(eum.leaf_key, SignatureAlgorithm::ecdsa_sha256, euicc->tbs,
                          euicc->signature)) {
        return evidence_refused("euicc", "not signed by this EUM");
    }
    if (!is_valid_at(*euicc, now)) return evidence_refused("euicc", "not valid now");
    return std::move(*euicc);
}

Result<Done> check_role(const Certificate& euicc) {
    for (const Extension& extension : euicc.extensions) {
        if (extension.critical && extension.oid != key_usage_oid &&
            extension.oid != basic_constraints_oid && extension.oid != policies_oid) {
            return evidence_refused("euicc", "unknown critical extension " + extension.oid);
        }
    }
    const auto constraints = euicc.basic_constraints();
    if (constraints && constraints->ca) return evidence_refused("euicc", "an authority's");
    const auto usage = euicc.key_usage();
    if (!usage || usage->bits != 1u << KeyUsage::digital_signature)
        return evidence_refused("euicc", "not for digital signatures alone");
    if (!is_of_role(euicc, euicc_role)) return evidence_refused("euicc", "of another role");
    return Done{};
}

Result<std::string> eid_of(const Certificate& euicc, const std::vector<EidRange>& ranges) {
    auto eid = sole_attribute(euicc.subject, serial_number);
    if (!eid || !is_eid(*eid)) return evidence_refused("euicc", "no EID in its name");
    const auto organization = sole_attribute(euicc.subject, organization_name);
    const bool is_permitted = std::any_of(ranges.begin(), ranges.end(), [&](const EidRange& range) {
        return is_in_range(range, *eid, organization);
    });
    if (!is_permitted) return evidence_refused("euicc", "not in the EUM's range of EIDs");
    return std::move(*eid);
}

}  // namespace

Result<EuiccIdentity> validated_euicc(const std::vector<Bytes>& chain, const VendorPin& pin,
                                      const ChainValidator& chains, Instant now) {
    HALLMARK_TRY(eum, anchored_eum(chain, pin, chains, now));
    HALLMARK_TRY(ranges, ranges_of(eum));
    HALLMARK_TRY(euicc, signed_euicc(chain.front(), eum, now));
    HALLMARK_TRY(fit, check_role(euicc));
    HALLMARK_TRY(eid, eid_of(euicc, ranges));
    auto key = parse_public_key(euicc.spki);
    if (!key) return evidence_refused("euicc", key.error().detail);
    if (key->algorithm() != KeyAlgorithm::ec_p256)
        return evidence_refused("euicc", "not of a P-256 key");
    return EuiccIdentity{.key = std::move(*key),
                         .eid = std::move(eid),
                         .manufacturer = name_text(eum.leaf.subject),
                         .anchor = eum.anchor};
}

}  // namespace hallmark
