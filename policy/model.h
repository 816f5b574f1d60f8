// One parsed policy: every rule as a typed value. Made by parse_policy() alone; whether the rules
// make sense is check_policy()'s business, so that a finding can name its line instead of stopping
// at the first error.
#pragma once

#include "ca/crypto/keys.h"
#include "ca/domain/evidence.h"
#include "policy/grant.h"
#include "policy/names.h"
#include "policy/template.h"

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace hallmark {

struct AcceptRules {
    std::vector<VendorId> vendors;
    std::vector<std::string> formats;
    std::vector<std::string> models;  ///< Or the one entry "*", with a reason.
    std::optional<std::string> models_reason;
    std::optional<std::string> firmware_floor;  ///< Dotted numbers.
    std::vector<KeyAlgorithm> key_algorithms;
};

struct AssuranceRules {
    std::vector<Assurance> accept{Assurance::hw_key_attested};
    std::vector<std::string> origins{"generated"};  ///< generated, derived
    std::optional<std::string> reason;
};

enum class IdentitySource { unique_id, element_serial, range };

struct IdentityRule {
    IdentitySource source = IdentitySource::unique_id;
    NameTemplate pattern;
    std::size_t max_length = hole_limit;
    unsigned range_width = 8;
};

struct ValidityRules {
    std::uint32_t days = 0;  ///< Exactly one of days, years and no_expiry is set.
    std::uint32_t years = 0;
    bool no_expiry = false;  ///< 99991231235959Z
    std::chrono::seconds backdate{};
    bool truncate_to_hour = false;
    bool outlive_issuer = false;
};

enum class BasicConstraintsRule { critical, plain, absent, authority };
enum class CustomType { utf8, ia5, integer, boolean, octets, oid, null };

struct CustomExtension {
    std::string oid;
    bool critical = false;
    CustomType type = CustomType::utf8;
    /// NameTemplate: utf8, ia5, octets, and integer from {range}. Otherwise what the type says; oid
    /// is a string.
    std::variant<std::monostate, NameTemplate, std::int64_t, bool, Bytes, std::string> value;
};

struct ExtensionRules {
    BasicConstraintsRule basic_constraints = BasicConstraintsRule::critical;
    std::vector<std::string> key_usage;  ///< In the order of RFC 5280's bits.
    bool key_usage_critical = true;
    std::vector<std::string>
        extended_key_usage;  ///< Names that we know, or OIDs; in the order written.
    bool extended_key_usage_critical = false;
    std::vector<AlternativeName> subject_alt_names;
    bool subject_alt_names_critical = false;
    std::vector<std::string> crl_distribution_points;
    std::vector<std::string> ocsp;
    std::vector<std::string> ca_issuers;
    std::vector<std::string> certificate_policies;
    /// Those of TCG's verified-TPM policies that the evidence proves, behind the ones above.
    bool tpm_residency = false;
    bool subject_key_identifier = true;
    bool authority_key_identifier = true;
    std::vector<CustomExtension> custom;
};

struct LimitRules {
    std::optional<std::uint64_t> station;
    std::optional<std::uint64_t> lot;
    std::optional<std::uint64_t> lot_station;  ///< Of one lot, by one station.
    std::uint32_t rework = 0;
    std::chrono::seconds confirm_within{3600};
};

struct PolicyExample {
    std::string name;
    RequestFacts request;
    /// First word of the refusal's detail; absent where the request is granted.
    std::optional<std::string> refused;
    std::optional<std::string> device;
    std::vector<std::string> subject;  ///< "CN=gw-1", in order; empty: not compared.
    std::vector<std::string>
        subject_alt_names;  ///< "dns:gw-1.example", in order; empty: not compared.
    std::optional<Instant> not_before;
    std::optional<Instant> not_after;
};

struct PolicyModel {
    ProductId product;
    std::optional<std::string> title;
    IntermediateId intermediate;
    AcceptRules accept;
    AssuranceRules assurance;
    IdentityRule identity;
    std::vector<SubjectAttribute> subject;
    ValidityRules validity;
    ExtensionRules extensions;
    LimitRules limits;
    std::vector<PolicyExample> examples;

    std::string canonical;
    Digest digest{};
    /// Key path to line of the text that was parsed; no part of the policy's identity.
    std::map<std::string, std::uint32_t> lines;

    /// True where Matter's attributes stand in the subject: its rules then apply.
    [[nodiscard]] bool is_matter() const noexcept;
    /// Line of the path, or of the nearest thing around it that was written.
    [[nodiscard]] std::uint32_t line_of(std::string path) const;
};

/// The canonical text of the rules and examples; ignores `canonical`, `digest` and `lines`.
[[nodiscard]] std::string canonical_text(const PolicyModel& model);

}  // namespace hallmark
