#include "policy/firmware.h"
#include "policy/sections.h"

#include <algorithm>

namespace hallmark {
namespace {

constexpr std::int64_t most_certificates = 1'000'000'000'000;

/// A set: order and repetition mean nothing.
template <typename T>
void sort_set(std::vector<T>& values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

}  // namespace

AcceptRules read_accept(FieldReader fields) {
    AcceptRules rules;
    for (const std::string& name : fields.texts("vendors")) {
        auto vendor = parse_slug_as<VendorId>(name, "a vendor");
        if (!vendor) fields.refuse("vendors", vendor.error().detail);
        if (vendor) rules.vendors.push_back(std::move(*vendor));
    }
    rules.formats = fields.texts("formats");
    rules.models = fields.texts("models");
    rules.models_reason = fields.maybe_text("models_reason");
    rules.firmware_floor = fields.maybe_text("firmware_floor");
    if (rules.firmware_floor && !parse_firmware(*rules.firmware_floor)) {
        fields.refuse("firmware_floor", "must be numbers with dots, like \"5.4.3\"");
    }
    for (const std::string& name : fields.texts("key_algorithms")) {
        const auto algorithm = key_algorithm_from(name);
        if (!algorithm) fields.refuse("key_algorithms", "no algorithm is called " + name);
        if (algorithm) rules.key_algorithms.push_back(*algorithm);
    }
    sort_set(rules.vendors);
    sort_set(rules.formats);
    sort_set(rules.models);
    sort_set(rules.key_algorithms);
    fields.finish();
    return rules;
}

AssuranceRules read_assurance(FieldReader fields) {
    AssuranceRules rules;
    if (fields.has("accept")) rules.accept.clear();
    for (const std::string& name : fields.texts("accept")) {
        const auto assurance = assurance_from(name);
        if (!assurance) fields.refuse("accept", "no assurance is called " + name);
        if (assurance) rules.accept.push_back(*assurance);
    }
    if (fields.has("origins")) rules.origins = fields.texts("origins");
    for (const std::string& origin : rules.origins) {
        if (origin != "generated" && origin != "derived")
            fields.refuse("origins", "must be generated or derived");
    }
    sort_set(rules.accept);
    sort_set(rules.origins);
    rules.reason = fields.maybe_text("reason");
    fields.finish();
    return rules;
}

IdentityRule read_identity(FieldReader fields) {
    IdentityRule rule;
    const std::string source = fields.text("source");
    if (source == "element_serial") {
        rule.source = IdentitySource::element_serial;
    } else if (source == "range") {
        rule.source = IdentitySource::range;
    } else if (source != "unique_id") {
        fields.refuse("source", "must be unique_id, element_serial or range");
    }
    rule.pattern = read_template(fields, "template");
    if (rule.pattern.has(Hole::device)) fields.refuse("template", "{device} is what this makes");
    rule.max_length =
        static_cast<std::size_t>(fields.number("max_length", {1, hole_limit}, hole_limit));
    if (fields.has("width") && rule.source != IdentitySource::range)
        fields.refuse("width", "is for a range");
    // 64 bits have at most 20 decimal digits.
    rule.range_width = static_cast<unsigned>(fields.number("width", {1, 20}, rule.range_width));
    fields.finish();
    return rule;
}

ValidityRules read_validity(FieldReader fields) {
    ValidityRules rules;
    rules.days = static_cast<std::uint32_t>(fields.number("days", {1, 36525}, 0));
    rules.years = static_cast<std::uint32_t>(fields.number("years", {1, 100}, 0));
    if (const auto not_after = fields.maybe_text("not_after")) {
        rules.no_expiry = true;
        if (*not_after != "99991231235959Z")
            fields.refuse("not_after", "only \"99991231235959Z\" may be fixed");
    }
    if ((rules.days != 0) + (rules.years != 0) + rules.no_expiry != 1) {
        fields.refuse("years", "exactly one of days, years and not_after is needed");
    }
    rules.backdate = std::chrono::seconds(fields.number("backdate_s", {0, 604'800}, 0));
    if (const auto truncate = fields.maybe_text("truncate")) {
        rules.truncate_to_hour = true;
        if (*truncate != "hour") fields.refuse("truncate", "must be \"hour\"");
    }
    rules.outlive_issuer = fields.flag("outlive_issuer", false);
    fields.finish();
    return rules;
}

LimitRules read_limits(FieldReader fields) {
    LimitRules limits;
    if (const auto most = fields.maybe_number("station_limit", {0, most_certificates})) {
        limits.station = static_cast<std::uint64_t>(*most);
    }
    if (const auto most = fields.maybe_number("lot_limit", {0, most_certificates})) {
        limits.lot = static_cast<std::uint64_t>(*most);
    }
    if (const auto most = fields.maybe_number("lot_station_limit", {0, most_certificates})) {
        limits.lot_station = static_cast<std::uint64_t>(*most);
    }
    limits.rework = static_cast<std::uint32_t>(fields.number("rework_limit", {0, 100}, 0));
    limits.confirm_within =
        std::chrono::seconds(fields.number("confirm_within_s", {60, 604'800}, 3600));
    fields.finish();
    return limits;
}

}  // namespace hallmark
