#include "ca/attestation/pkix.h"

#include "ca/attestation/freshness.h"
#include "ca/attestation/members.h"
#include "ca/attestation/pkix_evidence.h"
#include "ca/crypto/der.h"

#include <algorithm>

namespace hallmark {
namespace {

/// The draft's identifiers under one arc: .0.x elements, .1.x.y claims of element x, .2.x purposes.
struct Names {
    explicit Names(const PkixArc& at) : arc(at.evidence) {}
    [[nodiscard]] std::string element(int number) const {
        return arc + ".0." + std::to_string(number);
    }
    [[nodiscard]] std::string claim(int element, int number) const {
        return arc + ".1." + std::to_string(element) + "." + std::to_string(number);
    }
    [[nodiscard]] std::string purpose(int number) const {
        return arc + ".2." + std::to_string(number);
    }
    std::string arc;
};
constexpr int transaction = 0, platform = 1, key = 2;
constexpr int transaction_nonce = 0, transaction_signer = 2;
constexpr int platform_vendor = 0, platform_model = 2, platform_serial = 4, platform_firmware = 6;
constexpr int key_spki = 1, key_extractable = 2, key_sensitive = 3, key_never_extractable = 4,
              key_local = 5, key_purpose = 7;
constexpr int purpose_sign = 4;

std::optional<Bytes> octets_in(const Bytes* der) {
    if (!der) return std::nullopt;
    const auto element = sole_element(*der, tag::octet_string);
    if (!element) return std::nullopt;
    return to_bytes(element->content);
}

/// UTF8String or OCTET STRING of printable ASCII: the samples have a model as the latter.
std::optional<std::string> text_in(const Bytes* der) {
    if (!der) return std::nullopt;
    auto element = sole_element(*der, tag::utf8_string);
    if (!element) element = sole_element(*der, tag::octet_string);
    if (!element || element->content.empty() || element->content.size() > 64) return std::nullopt;
    const std::string text(as_text(element->content));
    const bool is_printable =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
    if (!is_printable) return std::nullopt;
    return text;
}

/// A claim that must be there and say so.
Result<Done> check_says(const PkixElement& element, const std::string& claim, bool wanted,
                        std::string_view name) {
    const Bytes* const value = element.find(claim);
    std::optional<bool> said;
    if (value) {
        DerReader reader(*value);
        said = reader.boolean();
        if (!reader.at_end()) said.reset();
    }
    if (!said) return evidence_refused("key", std::string(name) + " is not said");
    if (*said != wanted)
        return evidence_refused("key", std::string(name) + (*said ? " is true" : " is false"));
    return Done{};
}

const PkixElement* sole_of(const PkixEvidence& evidence, const std::string& type, bool& twice) {
    const PkixElement* found = nullptr;
    for (const PkixElement& element : evidence.elements) {
        if (element.type != type) continue;
        twice = twice || found != nullptr;
        found = &element;
    }
    return found;
}

/// The certificate that the signature names, and what may lead from it to the root.
Result<std::vector<Bytes>> chain_of(const PkixSignature& signature, const PkixEvidence& evidence,
                                    const std::vector<Bytes>& offered) {
    std::vector<Bytes> chain;
    if (signature.certificate) chain.push_back(*signature.certificate);
    for (const Bytes& certificate : offered) {
        if (chain.empty() || chain.front() != certificate) chain.push_back(certificate);
    }
    chain.insert(chain.end(), evidence.intermediates.begin(), evidence.intermediates.end());
    if (chain.empty()) return evidence_refused("signature", "nobody's: no certificate");
    return chain;
}

Result<Done> check_signer(const Certificate& certificate, const PublicKey& signer,
                          const PkixSignature& signature, const PkixArc& arc) {
    const auto constraints = certificate.basic_constraints();
    if (constraints && constraints->ca) return evidence_refused("certificate", "an authority's");
    const auto usage = certificate.key_usage();
    if (!usage || !usage->has(KeyUsage::digital_signature))
        return evidence_refused("certificate", "not for digital signatures");
    const auto purposes = certificate.extended_key_usage();
    const bool attests = purposes && std::find(purposes->begin(), purposes->end(),
                                               arc.extended_key_usage) != purposes->end();
    if (!attests) return evidence_refused("certificate", "not of an attestation key");
    const auto id = certificate.subject_key_identifier();
    if (signature.key_id && signature.key_id != id)
        return evidence_refused("signature", "names another key by its identifier");
    if (signature.spki && *signature.spki != signer.spki())
        return evidence_refused("signature", "names another key");
    return Done{};
}

/// The one key element that is meant.
Result<const PkixElement*> meant_key(const PkixEvidence& evidence, const Names& names,
                                     const std::optional<Bytes>& spki) {
    const PkixElement* meant = nullptr;
    for (const PkixElement& element : evidence.elements) {
        if (element.type != names.element(key)) continue;
        const auto stated = octets_in(element.find(names.claim(key, key_spki)));
        if (!stated) return evidence_refused("key", "an element without its public key");
        if (spki && *stated != *spki) continue;
        if (meant) {
            return evidence_refused("key", spki ? "stands twice" : "several: one must be named");
        }
        meant = &element;
    }
    if (meant) return meant;
    return evidence_refused(
        "key", spki ? "not among those that are attested" : "none: platform claims alone");
}

Result<Done> check_kept(const PkixElement& element, const Names& names) {
    HALLMARK_TRY(extractable,
                 check_says(element, names.claim(key, key_extractable), false, "extractable"));
    HALLMARK_TRY(local, check_says(element, names.claim(key, key_local), true, "local"));
    HALLMARK_TRY(never, check_says(element, names.claim(key, key_never_extractable), true,
                                   "never-extractable"));
    HALLMARK_TRY(sensitive,
                 check_says(element, names.claim(key, key_sensitive), true, "sensitive"));
    const Bytes* const purposes = element.find(names.claim(key, key_purpose));
    if (!purposes) return Done{};
    const auto list = sole_element(*purposes, tag::sequence);
    bool signs = false;
    if (list) {
        for (DerReader reader(list->content); !reader.at_end();) {
            const auto purpose = reader.oid();
            if (!purpose) return evidence_refused("key", "its purposes are malformed");
            signs = signs || *purpose == names.purpose(purpose_sign);
        }
    }
    if (!signs) return evidence_refused("key", "not for signing");
    return Done{};
}

}  // namespace

Result<VerifiedElement> PkixVerifier::verify(const Evidence& evidence, const VendorPin& pin,
                                             const Expected& expected, Instant now) const {
    HALLMARK_TRY(members,
                 check_members(evidence, {{.name = "evidence"},
                                          {.name = "chain", .is_list = true, .needed = false}}));
    HALLMARK_TRY(read, parse_pkix_evidence(evidence.find("evidence")->values.front()));
    if (read.signatures.empty()) return evidence_refused("signature", "none");
    if (read.signatures.size() > 1) return evidence_refused("signature", "more than one");
    const PkixSignature& signature = read.signatures.front();
    const EvidenceMember* const offered = evidence.find("chain");
    HALLMARK_TRY(chain,
                 chain_of(signature, read, offered ? offered->values : std::vector<Bytes>()));
    HALLMARK_TRY(signer, chains_.validate({.leaf = chain.front(),
                                           .intermediates = {chain.begin() + 1, chain.end()},
                                           .purpose = Purpose::any,
                                           .exceptions = pin.exceptions,
                                           .at = now,
                                           .limits = {}},
                                          pin.anchors));
    HALLMARK_TRY(fit, check_signer(signer.leaf, signer.leaf_key, signature, arc_));
    if (!signature.algorithm || is_weak(*signature.algorithm))
        return evidence_refused("signature", "algorithm not taken");
    if (!verify_signature(signer.leaf_key, *signature.algorithm, read.tbs, signature.value))
        return evidence_refused("signature", "not by the attestation key");

    const Names names(arc_);
    bool twice = false;
    const PkixElement* const deal = sole_of(read, names.element(transaction), twice);
    const PkixElement* const house = sole_of(read, names.element(platform), twice);
    if (twice) return evidence_refused("evidence", "an element stands twice");
    const auto stated_signer =
        octets_in(deal ? deal->find(names.claim(transaction, transaction_signer)) : nullptr);
    if (stated_signer && *stated_signer != signer.leaf_key.spki())
        return evidence_refused("signature", "another attestation key is stated");
    HALLMARK_TRY(element, meant_key(read, names, expected.spki));
    HALLMARK_TRY(kept, check_kept(*element, names));
    auto attested = parse_public_key(*octets_in(element->find(names.claim(key, key_spki))));
    if (!attested) return Refusal{Reason::evidence_not_accepted, attested.error().detail};
    const auto nonce =
        octets_in(deal ? deal->find(names.claim(transaction, transaction_nonce)) : nullptr);
    HALLMARK_TRY(freshness, check_nonce(nonce.value_or(Bytes()), expected));

    Claims claims;
    claims.format = "pkix-key-attestation";
    const auto of_house = [&](int claim) {
        return text_in(house ? house->find(names.claim(platform, claim)) : nullptr);
    };
    claims.vendor = pin.vendor.get();
    claims.model = of_house(platform_model);
    if (const auto serial = of_house(platform_serial)) claims.element_serial = SeSerial(*serial);
    claims.firmware = of_house(platform_firmware);
    claims.public_key = attested->spki();
    claims.origin = "generated";
    claims.exportable = false;
    claims.usage = {"sign"};
    claims.freshness = freshness;
    claims.assurance = Assurance::hw_key_attested;
    claims.anchor = signer.anchor;
    if (const auto vendor = of_house(platform_vendor))
        claims.detail.emplace_back("stated_vendor", *vendor);
    return VerifiedElement{.claims = std::move(claims), .element_key = signer.leaf_key.digest()};
}

}  // namespace hallmark
