#include "policy/document.h"
#include "policy/model.h"
#include "policy/sections.h"
#include "policy/vocabulary.h"

namespace hallmark {
namespace {

DocumentNode node(std::string_view text) {
    return {std::string(text), 0};
}
DocumentNode node(bool flag) {
    return {flag, 0};
}
DocumentNode node(std::int64_t number) {
    return {number, 0};
}
DocumentNode node(DocumentTable table) {
    return {std::move(table), 0};
}

template <typename T, typename ToNode>
DocumentNode list_of(const std::vector<T>& values, ToNode to_node) {
    DocumentList list;
    for (const T& value : values)
        list.push_back(to_node(value));
    return {std::move(list), 0};
}

DocumentNode texts(const std::vector<std::string>& values) {
    return list_of(values, [](const std::string& value) { return node(std::string_view(value)); });
}

template <typename T>
DocumentNode names(const std::vector<T>& values) {
    return list_of(values, [](const T& value) { return node(name_of(value)); });
}

/// What was left out stays out.
void put(DocumentTable& table, const char* key, const std::optional<std::string>& text) {
    if (text) table.emplace(key, node(std::string_view(*text)));
}
void put(DocumentTable& table, const char* key, const std::optional<std::uint64_t>& number) {
    if (number) table.emplace(key, node(static_cast<std::int64_t>(*number)));
}
void put(DocumentTable& table, const char* key, const std::optional<Instant>& instant) {
    if (instant) table.emplace(key, node(std::string_view(to_rfc3339(*instant))));
}
void put(DocumentTable& table, const char* key, const std::string& text) {
    if (!text.empty()) table.emplace(key, node(std::string_view(text)));
}

DocumentNode accept_node(const AcceptRules& rules) {
    DocumentTable table{
        {"vendors", list_of(rules.vendors,
                            [](const VendorId& id) { return node(std::string_view(id.get())); })},
        {"formats", texts(rules.formats)},
        {"models", texts(rules.models)},
        {"key_algorithms", names(rules.key_algorithms)}};
    put(table, "models_reason", rules.models_reason);
    put(table, "firmware_floor", rules.firmware_floor);
    return node(std::move(table));
}

DocumentNode assurance_node(const AssuranceRules& rules) {
    DocumentTable table{{"accept", names(rules.accept)}, {"origins", texts(rules.origins)}};
    put(table, "reason", rules.reason);
    return node(std::move(table));
}

DocumentNode identity_node(const IdentityRule& rule) {
    const std::string_view source = rule.source == IdentitySource::range ? "range"
                                    : rule.source == IdentitySource::element_serial
                                        ? "element_serial"
                                        : "unique_id";
    DocumentTable table{{"source", node(source)},
                        {"template", node(std::string_view(rule.pattern.text()))},
                        {"max_length", node(static_cast<std::int64_t>(rule.max_length))}};
    if (rule.source == IdentitySource::range) {
        table.emplace("width", node(static_cast<std::int64_t>(rule.range_width)));
    }
    return node(std::move(table));
}

DocumentNode attributes_node(const std::vector<SubjectAttribute>& attributes) {
    return list_of(attributes, [](const SubjectAttribute& attribute) {
        return node(DocumentTable{{"type", node(std::string_view(attribute.type))},
                                  {"value", node(std::string_view(attribute.value.text()))}});
    });
}

DocumentNode validity_node(const ValidityRules& rules) {
    DocumentTable table{{"backdate_s", node(static_cast<std::int64_t>(rules.backdate.count()))},
                        {"outlive_issuer", node(rules.outlive_issuer)}};
    if (rules.days != 0) table.emplace("days", node(static_cast<std::int64_t>(rules.days)));
    if (rules.years != 0) table.emplace("years", node(static_cast<std::int64_t>(rules.years)));
    if (rules.no_expiry) table.emplace("not_after", node(std::string_view("99991231235959Z")));
    if (rules.truncate_to_hour) table.emplace("truncate", node(std::string_view("hour")));
    return node(std::move(table));
}

DocumentNode alternative_name_node(const AlternativeName& name) {
    DocumentTable table{{"type", node(name_of(name.kind))}};
    put(table, "value", name.value.text());
    if (!name.name.empty()) table.emplace("name", attributes_node(name.name));
    put(table, name.kind == NameKind::hardware_module_name ? "hardware_type" : "assigner",
        name.object);
    return node(std::move(table));
}

DocumentNode custom_node(const CustomExtension& custom) {
    constexpr std::string_view types[] = {"utf8",   "ia5", "integer", "boolean",
                                          "octets", "oid", "null"};
    DocumentTable table{{"oid", node(std::string_view(custom.oid))},
                        {"critical", node(custom.critical)},
                        {"type", node(types[static_cast<std::size_t>(custom.type)])}};
    if (const auto* pattern = std::get_if<NameTemplate>(&custom.value))
        put(table, "value", pattern->text());
    if (const auto* number = std::get_if<std::int64_t>(&custom.value))
        table.emplace("value", node(*number));
    if (const auto* flag = std::get_if<bool>(&custom.value)) table.emplace("value", node(*flag));
    if (const auto* octets = std::get_if<Bytes>(&custom.value)) put(table, "hex", to_hex(*octets));
    if (const auto* dotted = std::get_if<std::string>(&custom.value)) put(table, "value", *dotted);
    return node(std::move(table));
}

DocumentNode extensions_node(const ExtensionRules& rules) {
    constexpr std::string_view constraints[] = {"critical", "plain", "absent", "ca"};
    DocumentTable table{
        {"basic_constraints", node(constraints[static_cast<std::size_t>(rules.basic_constraints)])},
        {"key_usage", texts(rules.key_usage)},
        {"key_usage_critical", node(rules.key_usage_critical)},
        {"extended_key_usage", texts(rules.extended_key_usage)},
        {"extended_key_usage_critical", node(rules.extended_key_usage_critical)},
        {"subject_alt_names", list_of(rules.subject_alt_names, alternative_name_node)},
        {"subject_alt_names_critical", node(rules.subject_alt_names_critical)},
        {"crl_distribution_points", texts(rules.crl_distribution_points)},
        {"ocsp", texts(rules.ocsp)},
        {"ca_issuers", texts(rules.ca_issuers)},
        {"certificate_policies", texts(rules.certificate_policies)},
        {"subject_key_identifier", node(rules.subject_key_identifier)},
        {"authority_key_identifier", node(rules.authority_key_identifier)},
        {"custom", list_of(rules.custom, custom_node)}};
    // Younger than the first versions, whose digests must stay: only where it is said.
    if (rules.tpm_residency) table.emplace("tpm_residency", node(true));
    return node(std::move(table));
}

DocumentNode limits_node(const LimitRules& limits) {
    DocumentTable table{
        {"rework_limit", node(static_cast<std::int64_t>(limits.rework))},
        {"confirm_within_s", node(static_cast<std::int64_t>(limits.confirm_within.count()))}};
    put(table, "station_limit", limits.station);
    put(table, "lot_limit", limits.lot);
    put(table, "lot_station_limit", limits.lot_station);
    return node(std::move(table));
}

DocumentNode request_node(const RequestFacts& facts) {
    DocumentTable table{{"vendor", node(std::string_view(facts.vendor.get()))},
                        {"claimed_vendor", node(std::string_view(facts.claims.vendor))},
                        {"format", node(std::string_view(facts.claims.format))},
                        {"origin", node(std::string_view(facts.claims.origin))},
                        {"exportable", node(facts.claims.exportable.value_or(false))},
                        {"usage", texts(facts.claims.usage)},
                        {"freshness", node(std::string_view(facts.claims.freshness))},
                        {"assurance", node(name_of(facts.claims.assurance))},
                        {"key_algorithm", node(name_of(facts.key_algorithm))},
                        {"lot", node(std::string_view(facts.lot.get()))},
                        {"site", node(std::string_view(facts.site.get()))},
                        {"station", node(std::string_view(facts.station.get()))},
                        {"intermediate", node(std::string_view(facts.intermediate.get()))}};
    put(table, "model", facts.claims.model);
    put(table, "element_model", facts.element_model);
    if (facts.claims.element_serial)
        put(table, "element_serial", facts.claims.element_serial->get());
    put(table, "firmware", facts.claims.firmware);
    // As sound evidence of the format says it, it is left out: so the first versions wrote it.
    const bool resident = facts.claims.tpm_residency.resident;
    if (resident != proves_tpm_residency(facts.claims.format))
        table.emplace("tpm_residency", node(resident));
    put(table, "unique_id", facts.unique_id);
    put(table, "range_number", facts.range_number);
    put(table, "now", std::optional(facts.now));
    put(table, "issuer_not_before", std::optional(facts.issuer_not_before));
    put(table, "issuer_not_after", std::optional(facts.issuer_not_after));
    return node(std::move(table));
}

DocumentNode example_node(const PolicyExample& example) {
    DocumentTable expect;
    if (!example.refused) expect.emplace("granted", node(true));
    put(expect, "refused", example.refused);
    put(expect, "device", example.device);
    if (!example.subject.empty()) expect.emplace("subject", texts(example.subject));
    if (!example.subject_alt_names.empty())
        expect.emplace("subject_alt_names", texts(example.subject_alt_names));
    put(expect, "not_before", example.not_before);
    put(expect, "not_after", example.not_after);
    return node(DocumentTable{{"name", node(std::string_view(example.name))},
                              {"request", request_node(example.request)},
                              {"expect", node(std::move(expect))}});
}

}  // namespace

std::string canonical_text(const PolicyModel& model) {
    DocumentTable root{{"schema", node(std::int64_t{1})},
                       {"product", node(std::string_view(model.product.get()))},
                       {"intermediate", node(std::string_view(model.intermediate.get()))},
                       {"accept", accept_node(model.accept)},
                       {"assurance", assurance_node(model.assurance)},
                       {"identity", identity_node(model.identity)},
                       {"subject", attributes_node(model.subject)},
                       {"validity", validity_node(model.validity)},
                       {"extensions", extensions_node(model.extensions)},
                       {"limits", limits_node(model.limits)},
                       {"example", list_of(model.examples, example_node)}};
    put(root, "title", model.title);
    return write_document(node(std::move(root)));
}

}  // namespace hallmark
