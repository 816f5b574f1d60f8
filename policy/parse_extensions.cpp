#include "ca/crypto/der.h"
#include "policy/sections.h"
#include "policy/vocabulary.h"

#include <algorithm>
#include <array>

namespace hallmark {
namespace {

constexpr std::array custom_types{"utf8", "ia5", "integer", "boolean", "octets", "oid", "null"};

/// What we write ourselves or what belongs to CAs alone: all of id-ce, and PKIX' access
/// descriptions.
bool is_managed(std::string_view oid) {
    return oid.starts_with("2.5.29.") || oid == "1.3.6.1.5.5.7.1.1" || oid == "1.3.6.1.5.5.7.1.11";
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

std::vector<std::string> read_uris(FieldReader& fields, std::string_view key) {
    auto uris = fields.texts(key);
    if (uris.size() > 4) fields.refuse(key, "at most 4");
    for (const std::string& uri : uris) {
        if (!is_ascii(uri) || uri.find(':') == std::string::npos)
            fields.refuse(key, "must be URIs");
    }
    return uris;
}

std::vector<std::string> read_key_usage(FieldReader& fields) {
    const auto written = fields.texts("key_usage");
    for (const std::string& name : written) {
        if (!key_usage_bit(name)) fields.refuse("key_usage", "no key usage is called " + name);
    }
    std::vector<std::string> ordered;
    for (const std::string_view name : key_usage_names) {
        if (std::find(written.begin(), written.end(), name) != written.end())
            ordered.emplace_back(name);
    }
    return ordered;
}

std::vector<std::string> read_purposes(FieldReader& fields) {
    auto written = fields.texts("extended_key_usage");
    if (written.size() > 16) fields.refuse("extended_key_usage", "at most 16");
    for (std::string& name : written) {
        if (const KeyPurpose* known = find_purpose(name)) {
            name = known->name;
        } else if (!is_oid(name)) {
            fields.refuse("extended_key_usage",
                          "neither a purpose that is known here nor an OID: " + name);
        }
        if (std::count(written.begin(), written.end(), name) > 1) {
            fields.refuse("extended_key_usage", "twice: " + name);
        }
    }
    return written;
}

BasicConstraintsRule read_basic_constraints(FieldReader& fields) {
    const auto word = fields.maybe_text("basic_constraints").value_or("critical");
    if (word == "critical") return BasicConstraintsRule::critical;
    if (word == "plain") return BasicConstraintsRule::plain;
    if (word == "absent") return BasicConstraintsRule::absent;
    if (word != "ca") fields.refuse("basic_constraints", "must be critical, plain or absent");
    return BasicConstraintsRule::authority;
}

void read_custom_value(FieldReader& entry, CustomExtension& custom) {
    const DocumentNode* node =
        custom.type == CustomType::octets && entry.has("hex") ? nullptr : entry.any("value");
    const auto* number = node ? std::get_if<std::int64_t>(&node->value) : nullptr;
    const auto* flag = node ? std::get_if<bool>(&node->value) : nullptr;
    switch (custom.type) {
        case CustomType::null:
            if (node != nullptr) entry.refuse("value", "null has none");
            return;
        case CustomType::oid:
            custom.value = read_oid(entry, "value");
            return;
        case CustomType::boolean:
            if (flag == nullptr) return entry.refuse("value", "must be true or false");
            custom.value = *flag;
            return;
        case CustomType::integer:
            if (number != nullptr) {
                custom.value = *number;
                return;
            }
            break;
        case CustomType::octets:
            if (const auto hex = entry.maybe_text("hex")) {
                const auto octets = from_hex(*hex);
                if (!octets) entry.refuse("hex", "must be pairs of hexadecimal digits");
                custom.value = octets.value_or(Bytes{});
                return;
            }
            break;
        case CustomType::utf8:
        case CustomType::ia5:
            break;
    }
    NameTemplate pattern = read_template(entry, "value");
    for (const TemplatePart& part : pattern.parts) {
        if (custom.type == CustomType::ia5 &&
            !std::all_of(part.literal.begin(), part.literal.end(),
                         [](char c) { return static_cast<unsigned char>(c) < 0x80; })) {
            entry.refuse("value", "a character that no IA5String holds");
        }
    }
    if (custom.type == CustomType::integer && pattern.text() != "{range}") {
        entry.refuse("value", "must be a whole number or \"{range}\"");
    }
    custom.value = std::move(pattern);
}

}  // namespace

std::vector<AlternativeName> read_alternative_names(FieldReader& fields) {
    constexpr std::array kinds{NameKind::dns,
                               NameKind::uri,
                               NameKind::rfc822,
                               NameKind::directory_name,
                               NameKind::hardware_module_name,
                               NameKind::permanent_identifier};
    std::vector<AlternativeName> names;
    for (FieldReader& entry : fields.tables("subject_alt_names")) {
        AlternativeName name;
        const std::string type = entry.text("type");
        const auto* const kind = std::find_if(kinds.begin(), kinds.end(),
                                              [&](NameKind one) { return name_of(one) == type; });
        if (kind == kinds.end()) {
            entry.refuse("type", "no kind of name is called " + type);
            continue;
        }
        name.kind = *kind;
        if (name.kind == NameKind::directory_name) {
            name.name = read_attributes(entry, "name");
            if (name.name.empty()) entry.refuse("name", "is missing");
        } else {
            name.value = read_template(entry, "value");
        }
        if (name.kind == NameKind::hardware_module_name)
            name.object = read_oid(entry, "hardware_type");
        if (name.kind == NameKind::permanent_identifier && entry.has("assigner")) {
            name.object = read_oid(entry, "assigner");
        }
        const bool is_ia5 = name.kind == NameKind::uri || name.kind == NameKind::rfc822;
        for (const TemplatePart& part : name.value.parts) {
            if (is_ia5 && !is_ascii(part.literal))
                entry.refuse("value", "must be ASCII without spaces");
        }
        entry.finish();
        names.push_back(std::move(name));
    }
    if (names.size() > 8) fields.refuse("subject_alt_names", "at most 8");
    return names;
}

std::vector<CustomExtension> read_custom_extensions(FieldReader& fields) {
    std::vector<CustomExtension> list;
    for (FieldReader& entry : fields.tables("custom")) {
        CustomExtension custom;
        custom.oid = read_oid(entry, "oid");
        custom.critical = entry.flag("critical", false);
        const auto same = [&](const CustomExtension& other) { return other.oid == custom.oid; };
        if (is_managed(custom.oid)) entry.refuse("oid", "is an extension that has its own rules");
        if (std::any_of(list.begin(), list.end(), same)) entry.refuse("oid", "stands twice");
        const std::string type = entry.text("type");
        const auto* const found = std::find(custom_types.begin(), custom_types.end(), type);
        if (found == custom_types.end()) {
            entry.refuse("type", "must be utf8, ia5, integer, boolean, octets, oid or null");
            continue;
        }
        custom.type = static_cast<CustomType>(found - custom_types.begin());
        read_custom_value(entry, custom);
        entry.finish();
        list.push_back(std::move(custom));
    }
    if (list.size() > 16) fields.refuse("custom", "at most 16");
    return list;
}

ExtensionRules read_extensions(FieldReader fields, bool subject_is_empty) {
    ExtensionRules rules;
    rules.basic_constraints = read_basic_constraints(fields);
    rules.key_usage = read_key_usage(fields);
    rules.key_usage_critical = fields.flag("key_usage_critical", true);
    rules.extended_key_usage = read_purposes(fields);
    rules.extended_key_usage_critical = fields.flag("extended_key_usage_critical", false);
    rules.subject_alt_names = read_alternative_names(fields);
    rules.subject_alt_names_critical = fields.flag("subject_alt_names_critical", subject_is_empty);
    rules.crl_distribution_points = read_uris(fields, "crl_distribution_points");
    rules.ocsp = read_uris(fields, "ocsp");
    rules.ca_issuers = read_uris(fields, "ca_issuers");
    rules.certificate_policies = fields.texts("certificate_policies");
    if (rules.certificate_policies.size() > 8) fields.refuse("certificate_policies", "at most 8");
    for (const std::string& policy : rules.certificate_policies) {
        if (!is_oid(policy))
            fields.refuse("certificate_policies", "must be OIDs in dotted decimal");
    }
    rules.tpm_residency = fields.flag("tpm_residency", false);
    rules.subject_key_identifier = fields.flag("subject_key_identifier", true);
    rules.authority_key_identifier = fields.flag("authority_key_identifier", true);
    rules.custom = read_custom_extensions(fields);
    fields.finish();
    return rules;
}

}  // namespace hallmark
