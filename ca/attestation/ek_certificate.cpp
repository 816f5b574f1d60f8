#include "ca/attestation/ek_certificate.h"

#include "ca/crypto/der.h"

#include <algorithm>

namespace hallmark {
namespace {

constexpr std::string_view subject_alt_name = "2.5.29.17";
constexpr std::string_view subject_directory_attributes = "2.5.29.9";
constexpr std::string_view tcg_manufacturer = "2.23.133.2.1";
constexpr std::string_view tcg_model = "2.23.133.2.2";
constexpr std::string_view tcg_version = "2.23.133.2.3";
constexpr std::string_view tcg_specification = "2.23.133.2.16";
constexpr std::string_view tcg_ek_usage = "2.23.133.8.1";
constexpr std::string_view tcg_ak_usage = "2.23.133.8.3";
constexpr std::string_view any_usage = "2.5.29.37.0";
constexpr std::string_view certificate_policies = "2.5.29.32";
constexpr std::string_view tcg_verified_residency = "2.23.133.11.1.1";
constexpr std::size_t longest_text = 64;

Refusal refused(std::string_view what) {
    return {Reason::evidence_not_accepted, "certificate: " + std::string(what)};
}

bool is_plain(std::string_view text) {
    return !text.empty() && text.size() <= longest_text &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

using Name = std::vector<std::vector<NameAttribute>>;

/// RFC 5280 4.2.1.6: the sole GeneralName that is a directoryName [4]; others may stand beside it.
Result<Name> directory_name(const Certificate& certificate) {
    const Extension* extension = certificate.find(subject_alt_name);
    if (!extension) return refused("no subjectAltName");
    DerReader outer(extension->value);
    auto names = outer.sequence();
    if (!names || !outer.at_end()) return refused("malformed subjectAltName");
    std::optional<Name> found;
    while (!names->at_end()) {
        const auto general_name = names->any();
        if (!general_name) return refused("malformed subjectAltName");
        if (general_name->tag != tag::context(4, true)) continue;
        if (found) return refused("two directoryNames");
        found = parse_name(general_name->content);
        if (!found) return refused("malformed directoryName");
    }
    if (!found) return refused("no directoryName");
    return *std::move(found);
}

/// The sole value of this type; RDNs of one or of several attributes are both met in the field.
Result<std::string> sole_value(const Name& name, std::string_view type, std::string_view what) {
    std::optional<std::string> found;
    for (const auto& rdn : name) {
        for (const NameAttribute& attribute : rdn) {
            if (attribute.type != type) continue;
            if (found) return refused("two values for " + std::string(what));
            found = attribute.value;
        }
    }
    if (!found) return refused("no " + std::string(what));
    if (!is_plain(*found)) return refused("a strange " + std::string(what));
    return *std::move(found);
}

/// "id:" and eight hexadecimal digits of either case.
const TpmManufacturer* manufacturer_from(std::string_view text) {
    if (text.size() != 11 || !text.starts_with("id:")) return nullptr;
    const auto octets = from_hex(text.substr(3));
    if (!octets) return nullptr;
    std::uint32_t id = 0;
    for (const unsigned char octet : *octets)
        id = id << 8 | octet;
    return find_tpm_manufacturer(id);
}

bool names_usage(const std::vector<std::string>& usages, std::string_view usage) {
    return std::find(usages.begin(), usages.end(), usage) != usages.end();
}

Result<Done> check_end_entity(const Certificate& certificate) {
    const auto constraints = certificate.basic_constraints();
    if (!constraints) return refused("no basicConstraints");
    if (constraints->ca) return refused("a CA");
    return Done{};
}

/// TPMSpecification ::= SEQUENCE { family UTF8String, level INTEGER, revision INTEGER } in a SET of
/// one.
bool is_family_2(ByteView values) {
    DerReader set(values);
    auto specification = set.sequence();
    if (!specification || !set.at_end()) return false;
    const auto family = specification->content(tag::utf8_string);
    return family && as_text(*family) == "2.0";
}

/// Attributes ::= SEQUENCE OF SEQUENCE { type OID, values SET OF ANY } (RFC 5280 4.2.1.8).
Result<Done> check_family(const Certificate& certificate) {
    const Extension* extension = certificate.find(subject_directory_attributes);
    if (!extension) return Done{};
    DerReader outer(extension->value);
    auto attributes = outer.sequence();
    if (!attributes || !outer.at_end()) return refused("malformed subjectDirectoryAttributes");
    while (!attributes->at_end()) {
        auto attribute = attributes->sequence();
        const auto type = attribute ? attribute->oid() : std::nullopt;
        const auto values = type ? attribute->content(tag::set) : std::nullopt;
        if (!values || !attribute->at_end()) return refused("malformed subjectDirectoryAttributes");
        if (*type == tcg_specification && !is_family_2(*values)) return refused("not of a TPM 2.0");
    }
    return Done{};
}

}  // namespace

Result<TpmIdentity> read_tpm_identity(const Certificate& certificate) {
    HALLMARK_TRY(name, directory_name(certificate));
    HALLMARK_TRY(manufacturer, sole_value(name, tcg_manufacturer, "TPM manufacturer"));
    HALLMARK_TRY(model, sole_value(name, tcg_model, "TPM model"));
    HALLMARK_TRY(version, sole_value(name, tcg_version, "TPM version"));
    const TpmManufacturer* row = manufacturer_from(manufacturer);
    if (!row) return refused("unknown TPM manufacturer " + manufacturer);
    return TpmIdentity{.manufacturer = *row, .model = model, .version = version};
}

Result<Done> check_ek_certificate(const Certificate& certificate, const PublicKey& key) {
    HALLMARK_TRY(end_entity, check_end_entity(certificate));
    const auto usages = certificate.extended_key_usage();
    if (!usages || !names_usage(*usages, tcg_ek_usage))
        return refused("not an EK's extended key usage");
    if (names_usage(*usages, tcg_ak_usage) || names_usage(*usages, any_usage)) {
        return refused("an extended key usage beside the EK's");
    }
    const auto key_usage = certificate.key_usage();
    if (!key_usage) return refused("no keyUsage");
    const unsigned wanted = key.is_ec() ? KeyUsage::key_agreement : KeyUsage::key_encipherment;
    if (!key_usage->has(wanted))
        return refused("the keyUsage does not allow credential protection");
    if (key_usage->has(KeyUsage::digital_signature) || key_usage->has(KeyUsage::key_cert_sign)) {
        return refused("the keyUsage of a signing key");
    }
    return check_family(certificate);
}

Result<Done> check_ak_certificate(const Certificate& certificate) {
    HALLMARK_TRY(end_entity, check_end_entity(certificate));
    const auto usages = certificate.extended_key_usage();
    if (!usages || !names_usage(*usages, tcg_ak_usage))
        return refused("not an AK's extended key usage");
    if (names_usage(*usages, tcg_ek_usage) || names_usage(*usages, any_usage)) {
        return refused("an extended key usage beside the AK's");
    }
    const auto key_usage = certificate.key_usage();
    if (key_usage && !key_usage->has(KeyUsage::digital_signature)) {
        return refused("the keyUsage does not allow signatures");
    }
    return check_family(certificate);
}

/// SEQUENCE OF PolicyInformation { policyIdentifier OID, policyQualifiers OPTIONAL } (RFC
/// 5280 4.2.1.4).
bool asserts_tpm_residency(const Certificate& certificate) {
    const Extension* extension = certificate.find(certificate_policies);
    if (!extension) return false;
    DerReader outer(extension->value);
    auto policies = outer.sequence();
    if (!policies || !outer.at_end()) return false;
    bool asserted = false;
    while (!policies->at_end()) {
        auto information = policies->sequence();
        const auto policy = information ? information->oid() : std::nullopt;
        if (!policy) return false;
        asserted = asserted || *policy == tcg_verified_residency;
    }
    return asserted;
}

}  // namespace hallmark
