#include "policy/extensions.h"

#include "ca/crypto/der.h"
#include "policy/vocabulary.h"

#include <algorithm>

namespace hallmark {
namespace {

Bytes encode_purposes(const std::vector<std::string>& names) {
    Bytes list;
    for (const std::string& name : names) {
        const KeyPurpose* known = find_purpose(name);
        append(list, der_oid(known == nullptr ? std::string_view(name) : known->oid));
    }
    return der(tag::sequence, list);
}

Bytes uri(std::string_view text) {
    return der(tag::context(6, false), as_bytes(text));
}

/// RFC 5280 4.2.1.13: several names of one point are ways to the same CRL.
Bytes encode_distribution_points(const std::vector<std::string>& uris) {
    Bytes names;
    for (const std::string& one : uris)
        append(names, uri(one));
    const Bytes full_name = der(tag::context(0, true), names);
    const Bytes point = der_sequence({der(tag::context(0, true), full_name)});
    return der(tag::sequence, point);
}

/// RFC 5280 4.2.2.1
Bytes encode_information_access(const ExtensionRules& rules) {
    Bytes list;
    for (const std::string& one : rules.ocsp) {
        append(list, der_sequence({der_oid("1.3.6.1.5.5.7.48.1"), uri(one)}));
    }
    for (const std::string& one : rules.ca_issuers) {
        append(list, der_sequence({der_oid("1.3.6.1.5.5.7.48.2"), uri(one)}));
    }
    return der(tag::sequence, list);
}

Bytes encode_policies(const std::vector<std::string>& policies) {
    Bytes list;
    for (const std::string& policy : policies)
        append(list, der_sequence({der_oid(policy)}));
    return der(tag::sequence, list);
}

/// What the rules declare, and then what they leave to the evidence.
std::vector<std::string> policies_of(const ExtensionRules& rules, const TpmResidency& proved) {
    std::vector<std::string> policies = rules.certificate_policies;
    if (!rules.tpm_residency) return policies;
    if (proved.resident) policies.emplace_back(tcg_policy::verified_residency);
    if (proved.fixed) policies.emplace_back(tcg_policy::verified_fixed);
    if (proved.restricted) policies.emplace_back(tcg_policy::verified_restricted);
    return policies;
}

Bytes encode_text(CustomType type, std::string_view text) {
    switch (type) {
        case CustomType::ia5:
            return der_ia5(text);
        case CustomType::octets:
            return der_octet_string(as_bytes(text));
        default:
            return der_utf8(text);
    }
}

Result<Bytes> encode_custom(const CustomExtension& custom, const HoleValues& values) {
    if (const auto* pattern = std::get_if<NameTemplate>(&custom.value)) {
        HALLMARK_TRY(text, fill(*pattern, values));
        if (custom.type != CustomType::integer) return encode_text(custom.type, text);
        // {range} was just filled, so the number is there; the padding belongs to names alone.
        Bytes magnitude;
        for (int shift = 56; shift >= 0; shift -= 8) {
            magnitude.push_back(static_cast<unsigned char>(*values.facts.range_number >> shift));
        }
        return der_unsigned(magnitude);
    }
    if (const auto* number = std::get_if<std::int64_t>(&custom.value)) return der_integer(*number);
    if (const auto* flag = std::get_if<bool>(&custom.value)) return der_boolean(*flag);
    if (const auto* octets = std::get_if<Bytes>(&custom.value)) return der_octet_string(*octets);
    if (const auto* dotted = std::get_if<std::string>(&custom.value)) return der_oid(*dotted);
    return der_null();
}

/// policy check finds these; a policy that slipped past it still issues nothing.
std::optional<Refusal> what_no_leaf_has(const ExtensionRules& rules) {
    const auto uses = [&](std::string_view name) {
        return std::find(rules.key_usage.begin(), rules.key_usage.end(), name) !=
               rules.key_usage.end();
    };
    if (rules.basic_constraints == BasicConstraintsRule::authority) {
        return Refusal{Reason::policy_denied, "extensions: a leaf is no CA"};
    }
    if (uses("keyCertSign") || uses("cRLSign")) {
        return Refusal{Reason::policy_denied,
                       "extensions: a leaf signs neither certificates nor CRLs"};
    }
    const auto& purposes_wanted = rules.extended_key_usage;
    if (std::find(purposes_wanted.begin(), purposes_wanted.end(), "anyExtendedKeyUsage") !=
        purposes_wanted.end()) {
        return Refusal{Reason::policy_denied,
                       "extensions: anyExtendedKeyUsage is every purpose at once"};
    }
    const auto& policies = rules.certificate_policies;
    if (std::any_of(policies.begin(), policies.end(), is_proved_policy)) {
        return Refusal{Reason::policy_denied,
                       "extensions: that a key lives in a TPM is proved and not declared"};
    }
    return std::nullopt;
}

}  // namespace

Bytes encode_key_usage(const std::vector<std::string>& names) {
    std::uint32_t bits = 0;  // Bit 0 of RFC 5280 is the highest of the first octet.
    unsigned used = 0;
    for (const std::string& name : names) {
        const auto bit = key_usage_bit(name);
        if (!bit) continue;
        bits |= 0x8000u >> *bit;
        used = std::max(used, *bit + 1);
    }
    Bytes content;
    content.push_back(static_cast<unsigned char>((8 - used % 8) % 8));
    if (used > 0) content.push_back(static_cast<unsigned char>(bits >> 8));
    if (used > 8) content.push_back(static_cast<unsigned char>(bits & 0xFFu));
    return der(tag::bit_string, content);
}

Result<std::vector<GrantedExtension>> extensions_of(const ExtensionRules& rules,
                                                    const std::vector<Bytes>& alternative_names,
                                                    const HoleValues& values) {
    if (const auto refusal = what_no_leaf_has(rules)) return *refusal;
    std::vector<GrantedExtension> list;
    const auto add = [&list](std::string_view oid, bool critical, Bytes value) {
        list.push_back({std::string(oid), critical, ExtensionKind::literal, std::move(value)});
    };
    if (rules.basic_constraints != BasicConstraintsRule::absent) {
        // cA FALSE is the default and is left out (X.690 11.5).
        add("2.5.29.19", rules.basic_constraints == BasicConstraintsRule::critical,
            der_sequence({}));
    }
    if (!rules.key_usage.empty())
        add("2.5.29.15", rules.key_usage_critical, encode_key_usage(rules.key_usage));
    if (!rules.extended_key_usage.empty()) {
        add("2.5.29.37", rules.extended_key_usage_critical,
            encode_purposes(rules.extended_key_usage));
    }
    // RFC 5280 4.2.1.1, 4.2.1.2: both are never critical.
    if (rules.subject_key_identifier)
        list.push_back({"2.5.29.14", false, ExtensionKind::subject_key_identifier, {}});
    if (rules.authority_key_identifier) {
        list.push_back({"2.5.29.35", false, ExtensionKind::authority_key_identifier, {}});
    }
    if (!alternative_names.empty()) {
        Bytes names;
        for (const Bytes& name : alternative_names)
            append(names, name);
        add("2.5.29.17", rules.subject_alt_names_critical, der(tag::sequence, names));
    }
    const auto policies = policies_of(rules, values.facts.claims.tpm_residency);
    if (!policies.empty()) add("2.5.29.32", false, encode_policies(policies));
    if (!rules.crl_distribution_points.empty()) {
        add("2.5.29.31", false, encode_distribution_points(rules.crl_distribution_points));
    }
    // RFC 5280 4.2.2.1: never critical.
    if (!rules.ocsp.empty() || !rules.ca_issuers.empty()) {
        add("1.3.6.1.5.5.7.1.1", false, encode_information_access(rules));
    }
    for (const CustomExtension& custom : rules.custom) {
        HALLMARK_TRY(value, encode_custom(custom, values));
        add(custom.oid, custom.critical, std::move(value));
    }
    return list;
}

}  // namespace hallmark
