#include "ca/crypto/chain_rules.h"

#include "ca/crypto/der.h"
#include "ca/crypto/extensions.h"

#include <algorithm>
#include <array>

namespace hallmark {

namespace {

// RFC 5280 4.2: a critical extension that is not processed refuses the certificate. The first five
// are judged here, the others by OpenSSL, to which such a path goes whole.
constexpr std::array processed{
    extension::basic_constraints,        extension::key_usage,
    extension::extended_key_usage,       extension::subject_alternative_name,
    extension::authority_key_identifier, extension::name_constraints,
    extension::policy_constraints,       extension::inhibit_any_policy,
    extension::policy_mappings,          extension::certificate_policies};

constexpr std::size_t serial_octets_limit = 20;  // RFC 5280 4.1.2.2
constexpr std::string_view any_extended_key_usage = "2.5.29.37.0";

Objection objection_to_serial(ByteView serial, const Strictness& strictness) {
    if ((serial[0] & 0x80u) != 0) return "negative serial";
    if (serial.size() > serial_octets_limit) return "serial over 20 octets";
    if (serial.size() == 1 && serial[0] == 0 &&
        !strictness.tolerates(ChainException::zero_serial)) {
        return "zero serial";
    }
    return std::nullopt;
}

Objection objection_to_signature_algorithm(const Certificate& certificate,
                                           const Strictness& strictness) {
    const auto algorithm = signature_algorithm_from(certificate.signature_algorithm);
    if (!algorithm) return "signature algorithm not taken";
    if (is_weak(*algorithm) && !strictness.tolerates(ChainException::sha1_signatures)) {
        return "signed with SHA-1";
    }
    return std::nullopt;
}

/// X.690 11.6 on every RDN of the name.
bool in_der_order(ByteView name) {
    const auto outer = sole_element(name, tag::sequence);
    if (!outer) return false;
    for (DerReader rdns(outer->content); !rdns.at_end();) {
        auto set = rdns.inside(tag::set);
        if (!set) return false;
        ByteView previous;
        while (!set->at_end()) {
            const auto member = set->any();
            if (!member) return false;
            if (!std::lexicographical_compare(previous.begin(), previous.end(),
                                              member->whole.begin(), member->whole.end())) {
                return false;
            }
            previous = member->whole;
        }
    }
    return true;
}

Objection objection_to_names(const Certificate& certificate, const Strictness& strictness) {
    if (strictness.tolerates(ChainException::non_der_name_order)) return std::nullopt;
    std::vector<Bytes> names{certificate.issuer, certificate.subject};
    if (const Extension* const san = certificate.find(extension::subject_alternative_name)) {
        const auto more = read_directory_names(san->value);
        if (more) names.insert(names.end(), more->begin(), more->end());
    }
    const bool ordered = std::all_of(names.begin(), names.end(), in_der_order);
    return ordered ? std::nullopt : Objection("a name's set is not in DER order");
}

Objection objection_to_extensions(const Certificate& certificate, const Strictness& strictness) {
    for (const Extension& extension : certificate.extensions) {
        const bool known =
            std::find(processed.begin(), processed.end(), extension.oid) != processed.end() ||
            strictness.understood.contains(extension.oid);
        if (extension.critical && !known) return "unknown critical extension " + extension.oid;
        // RFC 5280 4.2.1.10, 4.2.1.11, 4.2.1.14: these must be critical; OpenSSL lets it pass.
        const bool must_be_critical = extension.oid == extension::name_constraints ||
                                      extension.oid == extension::policy_constraints ||
                                      extension.oid == extension::inhibit_any_policy;
        if (must_be_critical && !extension.critical) {
            return "constraint not critical " + extension.oid;
        }
    }
    return std::nullopt;
}

/// RFC 5280 4.1.2.5: both ends belong to the validity; the last second lasts until the next begins.
Objection objection_to_time(const Certificate& certificate, Instant at) {
    if (at < certificate.not_before) return "not yet valid";
    if (at >= certificate.not_after + std::chrono::seconds(1)) return "expired";
    return std::nullopt;
}

Objection objection_to_issuer_time(const Certificate& certificate, const Strictness& strictness) {
    auto objection = objection_to_time(certificate, strictness.at);
    if (objection == "expired" && strictness.tolerates(ChainException::expired_issuers)) {
        return std::nullopt;
    }
    return objection;
}

std::string_view purpose_oid(Purpose purpose) noexcept {
    switch (purpose) {
        case Purpose::any:
            return {};
        case Purpose::client:
            return "1.3.6.1.5.5.7.3.2";  // RFC 5280 4.2.1.12
        case Purpose::server:
            return "1.3.6.1.5.5.7.3.1";
        case Purpose::tpm_ek:
            return "2.23.133.8.1";  // TCG EK Credential Profile 3.2
        case Purpose::tpm_ak:
            return "2.23.133.8.3";
    }
    return {};
}

bool has_empty_subject(const Certificate& certificate) {
    return equal(certificate.subject, der(tag::sequence, {}));
}

/// The three attributes of the TCG profile 3.2.9, whether in three RDNs or in one.
bool has_tpm_directory_name(const Certificate& leaf) {
    const Extension* const san = leaf.find(extension::subject_alternative_name);
    const auto names = san == nullptr ? std::nullopt : read_directory_names(san->value);
    if (!names) return false;
    return std::any_of(names->begin(), names->end(), [](const Bytes& der_name) {
        std::set<std::string> types;
        const auto name = parse_name(der_name);
        for (const auto& members : *name) {
            for (const NameAttribute& attribute : members)
                types.insert(attribute.type);
        }
        return types.contains("2.23.133.2.1") && types.contains("2.23.133.2.2") &&
               types.contains("2.23.133.2.3");
    });
}

Objection objection_to_end_entity(const Certificate& leaf) {
    const auto constraints = leaf.basic_constraints();
    if (constraints && constraints->ca) return "an authority's certificate";
    const auto usage = leaf.key_usage();
    if (usage && usage->has(KeyUsage::key_cert_sign)) return "keyCertSign without CA";
    // RFC 5280 4.2.1.9: pathLen stands with CA true alone.
    if (constraints && constraints->path_length) return "path length without CA";
    return std::nullopt;
}

Objection objection_to_leaf_usage(const Certificate& leaf, const PublicKey& key, Purpose purpose) {
    const auto usage = leaf.key_usage();
    if (purpose == Purpose::tpm_ek) {
        const unsigned wanted = key.is_ec() ? KeyUsage::key_agreement : KeyUsage::key_encipherment;
        if (!usage || !usage->has(wanted)) return "key usage";
        return std::nullopt;
    }
    if (usage && !usage->has(KeyUsage::digital_signature)) return "key usage";
    return std::nullopt;
}

}  // namespace

Objection objection_to_profile(const Certificate& certificate, const Strictness& strictness) {
    if (auto found = objection_to_serial(certificate.serial, strictness)) return found;
    if (auto found = objection_to_signature_algorithm(certificate, strictness)) return found;
    if (auto found = objection_to_extensions(certificate, strictness)) return found;
    if (auto found = objection_to_names(certificate, strictness)) return found;
    // RFC 5280 4.1.2.4: the issuer is never empty.
    if (equal(certificate.issuer, der(tag::sequence, {}))) return "empty issuer name";
    // RFC 5280 4.2.1.1: in all but self-signed certificates; anchors do not come here.
    if (!certificate.authority_key_identifier() &&
        !strictness.tolerates(ChainException::missing_authority_key_identifier)) {
        return "no authority key identifier";
    }
    return std::nullopt;
}

Objection objection_to_leaf(const Certificate& leaf, const Strictness& strictness) {
    if (auto found = objection_to_time(leaf, strictness.at)) return found;
    if (auto found = objection_to_profile(leaf, strictness)) return found;
    const auto constraints = leaf.basic_constraints();
    if ((!constraints || !constraints->ca) && leaf.find(extension::name_constraints) != nullptr) {
        return "name constraints without CA";  // RFC 5280 4.2.1.10
    }
    // RFC 5280 4.1.2.6: an empty subject leaves the naming to a critical SAN.
    if (has_empty_subject(leaf)) {
        const Extension* const san = leaf.find(extension::subject_alternative_name);
        if (san == nullptr || !san->critical) return "empty subject without a critical SAN";
    }
    return std::nullopt;
}

Objection objection_to_purpose(const Certificate& leaf, const PublicKey& key,
                               const Strictness& strictness) {
    const Purpose purpose = strictness.purpose;
    if (purpose == Purpose::any) return std::nullopt;
    if (auto found = objection_to_end_entity(leaf)) return found;
    if (auto found = objection_to_leaf_usage(leaf, key, purpose)) return found;
    const auto extended = leaf.extended_key_usage();
    const bool must_have = purpose == Purpose::tpm_ek || purpose == Purpose::tpm_ak;
    if (must_have && !extended) return "no extended key usage";
    // anyExtendedKeyUsage is no answer to a question for one purpose.
    if (extended &&
        std::find(extended->begin(), extended->end(), purpose_oid(purpose)) == extended->end()) {
        return "extended key usage";
    }
    if (purpose == Purpose::tpm_ek && !has_tpm_directory_name(leaf)) return "no TPM directory name";
    return std::nullopt;
}

Objection objection_to_issuer(const Certificate& issuer, const Strictness& strictness) {
    if (auto found = objection_to_issuer_time(issuer, strictness)) return found;
    if (auto found = objection_to_profile(issuer, strictness)) return found;
    if (has_empty_subject(issuer)) return "empty subject of an issuer";
    const auto constraints = issuer.basic_constraints();
    // RFC 5280 4.2.1.9: present and critical in every authority's certificate.
    if (!constraints) return "no basic constraints";
    if (!constraints->ca) return "not a CA";
    if (!issuer.find(extension::basic_constraints)->critical)
        return "basic constraints not critical";
    const auto usage = issuer.key_usage();
    if (!usage && !strictness.tolerates(ChainException::missing_key_usage_in_issuer)) {
        return "no key usage";
    }
    if (usage && !usage->has(KeyUsage::key_cert_sign)) return "no keyCertSign";
    if (!issuer.subject_key_identifier() &&
        !strictness.tolerates(ChainException::missing_subject_key_identifier)) {
        return "no subject key identifier";
    }
    // An authority confined to other purposes does not speak for this one.
    const auto extended = issuer.extended_key_usage();
    if (extended && strictness.purpose != Purpose::any) {
        const auto stands = [&](std::string_view oid) {
            return std::find(extended->begin(), extended->end(), oid) != extended->end();
        };
        if (!stands(purpose_oid(strictness.purpose)) && !stands(any_extended_key_usage)) {
            return "issuer confined to other purposes";
        }
    }
    return std::nullopt;
}

Objection objection_to_anchor(const Certificate& anchor, const Strictness& strictness) {
    return objection_to_issuer_time(anchor, strictness);
}

Objection objection_to_path_lengths(const std::vector<const Certificate*>& issuers) {
    std::int64_t below = 0;  // Issuers under this one that are not self-issued.
    for (const Certificate* const issuer : issuers) {
        const auto constraints = issuer->basic_constraints();
        if (constraints && constraints->path_length && below > *constraints->path_length) {
            return "path length exceeded";
        }
        if (!equal(issuer->subject, issuer->issuer)) ++below;
    }
    return std::nullopt;
}

bool bears_constraints(const Certificate& certificate) {
    // Policies alone, critical or not, refuse nobody who asks for none (RFC 5280 6.1.1 (c),
    // any-policy).
    const auto stands = [&](std::string_view oid) { return certificate.find(oid) != nullptr; };
    return stands(extension::name_constraints) || stands(extension::policy_constraints) ||
           stands(extension::inhibit_any_policy) || stands(extension::policy_mappings);
}

}  // namespace hallmark
