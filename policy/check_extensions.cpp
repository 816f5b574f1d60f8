#include "policy/check.h"
#include "policy/vocabulary.h"

#include <algorithm>

namespace hallmark {
namespace {

bool has(const std::vector<std::string>& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

bool is_rsa(KeyAlgorithm algorithm) {
    return algorithm == KeyAlgorithm::rsa_2048 || algorithm == KeyAlgorithm::rsa_3072 ||
           algorithm == KeyAlgorithm::rsa_4096;
}

void check_key_usage(const PolicyModel& model, PolicyFindings& findings) {
    const std::string path = "extensions.key_usage";
    const auto& usage = model.extensions.key_usage;
    const auto& algorithms = model.accept.key_algorithms;
    if (usage.empty()) findings.add(path, "absent: the key could be used for anything");
    if (has(usage, "keyCertSign") || has(usage, "cRLSign")) {
        findings.add(path, "keyCertSign and cRLSign are not for leaves: could never issue");
    }
    // RFC 5480 3, RFC 3279 2.3.1
    if (has(usage, "keyEncipherment") &&
        std::none_of(algorithms.begin(), algorithms.end(), is_rsa)) {
        findings.add(path, "an EC key enciphers no key");
    }
    if (has(usage, "keyAgreement") && std::all_of(algorithms.begin(), algorithms.end(), is_rsa)) {
        findings.add(path, "an RSA key agrees on no key");
    }
    if ((has(usage, "encipherOnly") || has(usage, "decipherOnly")) && !has(usage, "keyAgreement")) {
        findings.add(path, "encipherOnly and decipherOnly mean nothing without keyAgreement");
    }
    // RFC 5280 4.2.1.3: SHOULD be critical; a leaf whose limits may be ignored has none.
    if (!usage.empty() && !model.extensions.key_usage_critical) {
        findings.add("extensions.key_usage_critical", "keyUsage must be critical");
    }
}

void check_purposes(const PolicyModel& model, PolicyFindings& findings) {
    const auto& purposes = model.extensions.extended_key_usage;
    if (has(purposes, "anyExtendedKeyUsage")) {
        findings.add("extensions.extended_key_usage",
                     "anyExtendedKeyUsage is every purpose at once");
    }
    // RFC 3161 2.3
    if (has(purposes, "timeStamping") && !model.extensions.extended_key_usage_critical) {
        findings.add("extensions.extended_key_usage_critical",
                     "with timeStamping it must be critical");
    }
}

/// What follows the last hole must hold the parent domain, or a value chooses whose name it is.
void check_dns(const NameTemplate& pattern, const std::string& path, bool server,
               PolicyFindings& findings) {
    const std::string text = pattern.text();
    if (text.find('*') != std::string::npos) {
        findings.add(path, server ? "serverAuth for a wildcard speaks for other hosts"
                                  : "a wildcard is no device");
        return;
    }
    const std::string tail = pattern.parts.back().hole ? "" : pattern.parts.back().literal;
    const std::size_t first_dot = tail.find('.');
    const bool has_parent =
        first_dot != std::string::npos && tail.find('.', first_dot + 1) != std::string::npos;
    if (pattern.has_hole() && !has_parent) {
        findings.add(path,
                     "must end in a literal parent domain, like \"{device}.devices.example.com\"");
    }
}

/// RFC 3986 3.2: the authority, where there is one, belongs to the policy.
void check_uri(const NameTemplate& pattern, const std::string& path, PolicyFindings& findings) {
    const std::string& head = pattern.parts.front().literal;
    const std::size_t colon = head.find(':');
    const bool hierarchical = colon != std::string::npos && head.compare(colon, 3, "://") == 0;
    if (colon == std::string::npos || colon == 0 ||
        (hierarchical && pattern.has_hole() && head.find('/', colon + 3) == std::string::npos)) {
        findings.add(
            path, "scheme and host must be literal, like \"https://example.com/devices/{device}\"");
    }
}

void check_mail(const NameTemplate& pattern, const std::string& path, PolicyFindings& findings) {
    const std::string tail = pattern.parts.back().hole ? "" : pattern.parts.back().literal;
    const std::size_t at = tail.find('@');
    if (at == std::string::npos || at + 1 == tail.size()) {
        findings.add(path, "must end in a literal domain, like \"{device}@example.com\"");
    }
}

void check_alternative_names(const PolicyModel& model, PolicyFindings& findings) {
    const bool server = has(model.extensions.extended_key_usage, "serverAuth");
    const auto& names = model.extensions.subject_alt_names;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string path = "extensions.subject_alt_names[" + std::to_string(i) + "].value";
        switch (names[i].kind) {
            case NameKind::dns:
                check_dns(names[i].value, path, server, findings);
                break;
            case NameKind::uri:
                check_uri(names[i].value, path, findings);
                break;
            case NameKind::rfc822:
                check_mail(names[i].value, path, findings);
                break;
            default:
                break;
        }
    }
}

void check_policies(const PolicyModel& model, PolicyFindings& findings) {
    const auto& policies = model.extensions.certificate_policies;
    for (const std::string& policy : policies) {
        if (is_proved_policy(policy)) {
            findings.add("extensions.certificate_policies",
                         policy + " is what evidence proves: say tpm_residency = true");
        }
        // RFC 5280 4.2.1.4: MUST NOT appear more than once.
        if (std::count(policies.begin(), policies.end(), policy) > 1)
            findings.add("extensions.certificate_policies", "twice: " + policy);
    }
    if (!model.extensions.tpm_residency) return;
    for (const std::string& name : model.accept.formats) {
        if (!proves_tpm_residency(name)) {
            findings.add("extensions.tpm_residency",
                         name + " proves no place in a TPM: could never issue");
        }
    }
}

}  // namespace

void check_extensions(const PolicyModel& model, PolicyFindings& findings) {
    const ExtensionRules& rules = model.extensions;
    if (rules.basic_constraints == BasicConstraintsRule::authority) {
        findings.add("extensions.basic_constraints", "a leaf is no CA: could never issue");
    }
    check_key_usage(model, findings);
    check_purposes(model, findings);
    check_alternative_names(model, findings);
    check_policies(model, findings);
    for (const std::string& uri : rules.crl_distribution_points) {
        // A CRL behind TLS may need itself to be fetched.
        if (!uri.starts_with("http://"))
            findings.add("extensions.crl_distribution_points", "must be http://");
    }
    // RFC 5280 4.2.1.1: MUST, so that a chain can be found.
    if (!rules.authority_key_identifier) {
        findings.add("extensions.authority_key_identifier", "RFC 5280 requires it in every leaf");
    }
    for (std::size_t i = 0; i < rules.custom.size(); ++i) {
        const auto* pattern = std::get_if<NameTemplate>(&rules.custom[i].value);
        if (pattern != nullptr && pattern->has(Hole::range) &&
            model.identity.source != IdentitySource::range) {
            findings.add(
                "extensions.custom[" + std::to_string(i) + "].value",
                "{range} is allotted only where identity.source is range: could never issue");
        }
    }
}

void check_matter(const PolicyModel& model, PolicyFindings& findings) {
    if (!model.is_matter()) return;
    // Matter 1.x, 6.2.2: a device attestation certificate.
    for (const std::string_view wanted : {oid::matter_vendor_id, oid::matter_product_id}) {
        std::size_t count = 0;
        for (std::size_t i = 0; i < model.subject.size(); ++i) {
            if (oid_of(model.subject[i]) != wanted) continue;
            ++count;
            const std::string value = model.subject[i].value.text();
            const bool fits =
                value.size() == 4 && std::all_of(value.begin(), value.end(), [](char c) {
                    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
                });
            if (!fits) {
                findings.add("subject[" + std::to_string(i) + "].value",
                             "must be four upper-case hex digits");
            }
        }
        if (count != 1) findings.add("subject", "Matter needs MatterVID and MatterPID, each once");
    }
    for (std::size_t i = 0; i < model.subject.size(); ++i) {
        const std::string value = model.subject[i].value.text();
        if (value.find("Mvid:") != std::string::npos || value.find("Mpid:") != std::string::npos) {
            findings.add("subject[" + std::to_string(i) + "].value",
                         "Mvid: and Mpid: beside the real attributes");
        }
    }
    const ExtensionRules& rules = model.extensions;
    if (rules.key_usage != std::vector<std::string>{"digitalSignature"}) {
        findings.add("extensions.key_usage", "Matter wants exactly digitalSignature");
    }
    if (rules.basic_constraints != BasicConstraintsRule::critical) {
        findings.add("extensions.basic_constraints", "Matter wants it critical");
    }
    if (!rules.subject_key_identifier) {
        findings.add("extensions.subject_key_identifier", "Matter wants 20-byte key identifiers");
    }
    if (model.accept.key_algorithms != std::vector<KeyAlgorithm>{KeyAlgorithm::ec_p256}) {
        findings.add("accept.key_algorithms", "Matter wants ec-p256 alone");
    }
}

}  // namespace hallmark
