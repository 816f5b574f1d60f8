#include "policy/check.h"

#include "policy/vocabulary.h"

#include <algorithm>

namespace hallmark {
namespace {

/// Past this, a certificate outlives the plan of whoever made it: no expiry is then the honest
/// word.
constexpr std::uint32_t most_years = 30;
/// An element's compressed certificate has five bits for its years.
constexpr std::uint32_t most_compressed_years = 31;
constexpr std::chrono::seconds most_backdating{86'400};

void check_validity(const PolicyModel& model, PolicyFindings& findings) {
    const ValidityRules& rules = model.validity;
    if (rules.years > most_years || rules.days > most_years * 366) {
        findings.add(
            rules.years > 0 ? "validity.years" : "validity.days",
            "longer than 30 years; say not_after = \"99991231235959Z\" where no end is meant");
    }
    if (rules.no_expiry && !rules.outlive_issuer) {
        findings.add("validity.not_after",
                     "no expiry outlives the issuer: say outlive_issuer = true");
    }
    if (rules.backdate > most_backdating)
        findings.add("validity.backdate_s", "backdated by more than a day");
    if (rules.truncate_to_hour && rules.days > most_compressed_years * 365) {
        findings.add("validity.days", "a compressed certificate holds at most 31 years");
    }
}

void check_limits(const PolicyModel& model, PolicyFindings& findings) {
    const auto one = [&](const std::optional<std::uint64_t>& limit, const std::string& name) {
        if (!limit)
            findings.add("limits." + name,
                         "absent: nothing bounds a stolen station or a wrong lot");
        if (limit && *limit == 0) findings.add("limits." + name, "0 could never issue");
    };
    one(model.limits.station, "station_limit");
    one(model.limits.lot, "lot_limit");
    // Absent, the station's own limit is its share of every lot.
    if (model.limits.lot_station) {
        one(model.limits.lot_station, "lot_station_limit");
        if (model.limits.lot && *model.limits.lot_station > *model.limits.lot)
            findings.add("limits.lot_station_limit", "more than the whole lot's limit");
    }
    if (model.limits.rework > 0 && model.extensions.crl_distribution_points.empty() &&
        model.extensions.ocsp.empty()) {
        findings.add("limits.rework_limit",
                     "without CRL and OCSP nobody learns that the first certificate is void: "
                     "rework must be 0");
    }
    if (model.limits.rework > 10)
        findings.add("limits.rework_limit", "more than 10 for one element");
}

void check_examples(const PolicyModel& model, PolicyFindings& findings) {
    const auto refused =
        std::count_if(model.examples.begin(), model.examples.end(),
                      [](const PolicyExample& one) { return one.refused.has_value(); });
    if (refused == static_cast<std::ptrdiff_t>(model.examples.size())) {
        findings.add("example", "no example that is granted");
    }
    if (refused == 0) findings.add("example", "no example that is refused");
    for (std::size_t i = 0; i < model.examples.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (model.examples[i].name == model.examples[j].name) {
                findings.add("example[" + std::to_string(i) + "].name",
                             "two examples bear one name");
            }
        }
    }
}

void check_assurance(const PolicyModel& model, PolicyFindings& findings) {
    const AssuranceRules& rules = model.assurance;
    if (rules.accept.empty()) findings.add("assurance.accept", "empty: could never issue");
    if (rules.origins.empty()) findings.add("assurance.origins", "empty: could never issue");
    const bool weaker = std::any_of(rules.accept.begin(), rules.accept.end(), [](Assurance one) {
        return one != Assurance::hw_key_attested;
    });
    if (weaker && !rules.reason) {
        findings.add("assurance.accept", "weaker than hw-key-attested: give assurance.reason");
    }
    const bool derived =
        std::find(rules.origins.begin(), rules.origins.end(), "derived") != rules.origins.end();
    if (derived && !rules.reason)
        findings.add("assurance.origins", "derived keys: give assurance.reason");
}

}  // namespace

void PolicyFindings::add(std::string path, std::string text) {
    found_.push_back({model_.line_of(path), std::move(path), std::move(text)});
}

std::vector<PolicyFinding> PolicyFindings::take() {
    std::stable_sort(found_.begin(), found_.end(),
                     [](const PolicyFinding& left, const PolicyFinding& right) {
                         return left.line < right.line;
                     });
    return std::move(found_);
}

void check_acceptance(const PolicyModel& model, PolicyFindings& findings) {
    const AcceptRules& rules = model.accept;
    if (rules.vendors.empty()) findings.add("accept.vendors", "empty: could never issue");
    if (rules.formats.empty()) findings.add("accept.formats", "empty: could never issue");
    if (rules.key_algorithms.empty())
        findings.add("accept.key_algorithms", "empty: could never issue");
    if (rules.models.empty()) {
        findings.add("accept.models",
                     "empty: name the models, or [\"*\"] with accept.models_reason");
    }
    const bool any_model =
        std::find(rules.models.begin(), rules.models.end(), "*") != rules.models.end();
    if (any_model && !rules.models_reason)
        findings.add("accept.models", "every model: give accept.models_reason");
    if (any_model && rules.models.size() > 1) findings.add("accept.models", "\"*\" stands alone");
    const bool packaging_alone =
        !rules.formats.empty() &&
        std::all_of(rules.formats.begin(), rules.formats.end(),
                    [](const std::string& name) { return name == "csr-attribute"; });
    if (packaging_alone) {
        findings.add("accept.formats",
                     "csr-attribute alone: name what may stand in it too, it could never issue");
    }
    for (const std::string& name : rules.formats) {
        const FormatTraits* format = find_format(name);
        if (format == nullptr) {
            findings.add("accept.formats", "no verifier knows " + name + ": could never issue");
        } else if (rules.firmware_floor && !format->proves_firmware) {
            findings.add("accept.firmware_floor",
                         name + " proves no firmware version: could never issue");
        }
    }
}

std::vector<PolicyFinding> check_policy(const Policy& policy) {
    const PolicyModel& model = policy.model();
    PolicyFindings findings(model);
    check_acceptance(model, findings);
    check_assurance(model, findings);
    check_identity(model, findings);
    check_names(model, findings);
    check_validity(model, findings);
    check_extensions(model, findings);
    check_matter(model, findings);
    check_limits(model, findings);
    check_examples(model, findings);
    return findings.take();
}

}  // namespace hallmark
