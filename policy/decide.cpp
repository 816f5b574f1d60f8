#include "policy/dates.h"
#include "policy/extensions.h"
#include "policy/firmware.h"
#include "policy/model.h"
#include "policy/policy.h"

#include <algorithm>

namespace hallmark {
namespace {

Refusal denied(std::string_view rule, std::string_view why) {
    return {Reason::policy_denied, std::string(rule) + ": " + std::string(why)};
}

template <typename List, typename T>
bool lists(const List& list, const T& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

Result<Done> element_is_accepted(const AcceptRules& rules, const RequestFacts& facts) {
    if (facts.claims.vendor != facts.vendor.get())
        return denied("vendor", "evidence and manifest name two vendors");
    if (!lists(rules.vendors, facts.vendor))
        return denied("vendor", "not accepted for this product");
    if (!lists(rules.formats, facts.claims.format))
        return denied("format", "not accepted for this product");
    if (!lists(rules.models, "*")) {
        // What the evidence proves comes before what the manifest says; where it proves none, the
        // manifest counts.
        const std::string& model = facts.claims.model ? *facts.claims.model : facts.element_model;
        if (!lists(rules.models, model)) return denied("model", "not accepted for this product");
    }
    if (rules.firmware_floor) {
        if (!facts.claims.firmware) return denied("firmware", "the evidence proves no version");
        const auto version = parse_firmware(*facts.claims.firmware);
        if (!version) return denied("firmware", "the version is no dotted number");
        if (*version < parse_firmware(*rules.firmware_floor))
            return denied("firmware", "below the floor");
    }
    if (!lists(rules.key_algorithms, facts.key_algorithm))
        return denied("algorithm", "not accepted for this product");
    return Done{};
}

Result<Done> assurance_is_enough(const AssuranceRules& rules, const Claims& claims) {
    if (!lists(rules.accept, claims.assurance)) {
        return denied("assurance", std::string(name_of(claims.assurance)) + " is not enough");
    }
    // Weaker assurances, where a policy names them, do not speak of the key; but they may not speak
    // against it.
    const bool speaks_of_key = claims.assurance == Assurance::hw_key_attested;
    if (claims.exportable.value_or(speaks_of_key)) {
        return denied("assurance", "the key is not proved to stay in its element");
    }
    const bool origin_unsaid = claims.origin.empty() && !speaks_of_key;
    if (!origin_unsaid && !lists(rules.origins, claims.origin)) {
        return denied("assurance", "the key is not proved to be made in its element");
    }
    if (claims.freshness != "nonce" && claims.freshness != "csr") {
        return denied("freshness", "the evidence is not bound to this request");
    }
    return Done{};
}

/// A leaf says that its key lives in a TPM where that was seen, and a product that wants it said
/// gets no leaf without.
Result<Done> residency_is_proved(const ExtensionRules& rules, const TpmResidency& proved) {
    if (rules.tpm_residency && !(proved.resident && (proved.fixed || proved.restricted)))
        return denied("residency", "the key is not proved to live in a TPM and stay there");
    return Done{};
}

Result<std::string> identity_of(const IdentityRule& rule, const HoleValues& values) {
    HALLMARK_TRY(text, fill(rule.pattern, values));
    if (text.size() > rule.max_length) return denied("identity", "longer than max_length");
    const bool fits = std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '.' || c == ':' || c == '-';
    });
    if (!fits) return denied("identity", "a character outside [A-Za-z0-9.:-]");
    return std::move(text);
}

}  // namespace

Result<Grant> decide(const Policy& policy, const RequestFacts& facts) {
    const PolicyModel& model = policy.model();
    if (facts.intermediate != model.intermediate)
        return denied("intermediate", "not the one of this product");
    HALLMARK_TRY(element, element_is_accepted(model.accept, facts));
    HALLMARK_TRY(assurance, assurance_is_enough(model.assurance, facts.claims));
    HALLMARK_TRY(residency, residency_is_proved(model.extensions, facts.claims.tpm_residency));

    HoleValues values{.facts = facts,
                      .device = {},
                      .range_width = model.identity.range_width,
                      .refuse_matter = model.is_matter()};
    HALLMARK_TRY(device, identity_of(model.identity, values));
    values.device = device;
    HALLMARK_TRY(subject, encode_name(model.subject, values));
    HALLMARK_TRY(folded, encode_folded_name(model.subject, values));
    std::vector<Bytes> alternative_names;
    for (const AlternativeName& name : model.extensions.subject_alt_names) {
        HALLMARK_TRY(encoded, encode_alternative_name(name, values));
        alternative_names.push_back(std::move(encoded));
    }
    HALLMARK_TRY(dates, dates_of(model.validity, facts));
    HALLMARK_TRY(extensions, extensions_of(model.extensions, alternative_names, values));

    const bool is_weaker =
        facts.claims.assurance != Assurance::hw_key_attested || facts.claims.origin == "derived";
    return Grant{.product = model.product,
                 .policy = model.digest,
                 .intermediate = model.intermediate,
                 .device = DeviceId(model.product.get() + ":" + device),
                 .subject = std::move(subject),
                 .folded_subject = std::move(folded),
                 .subject_alt_names = std::move(alternative_names),
                 .not_before = dates.not_before,
                 .not_after = dates.not_after,
                 .extensions = std::move(extensions),
                 .confirm_within = model.limits.confirm_within,
                 .rework_limit = model.limits.rework,
                 .station_limit = model.limits.station,
                 .lot_limit = model.limits.lot,
                 .lot_station_limit = model.limits.lot_station,
                 .assurance_reason = is_weaker ? model.assurance.reason : std::nullopt};
}

}  // namespace hallmark
