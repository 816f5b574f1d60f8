#include "policy/sections.h"
#include "policy/vocabulary.h"

namespace hallmark {
namespace {

/// Facts of a request as a person writes them. What is left out is what a sound request says; the
/// canonical form spells it out.
RequestFacts read_request(FieldReader fields, const PolicyModel& model) {
    RequestFacts facts;
    facts.vendor = VendorId(fields.text("vendor"));
    facts.claims.vendor = fields.maybe_text("claimed_vendor").value_or(facts.vendor.get());
    facts.claims.format = fields.text("format");
    facts.claims.model = fields.maybe_text("model");
    facts.element_model = fields.maybe_text("element_model").value_or("");
    if (auto serial = fields.maybe_text("element_serial"))
        facts.claims.element_serial = SeSerial(*serial);
    facts.claims.firmware = fields.maybe_text("firmware");
    facts.claims.origin = fields.maybe_text("origin").value_or("generated");
    facts.claims.exportable = fields.flag("exportable", false);
    facts.claims.usage = fields.texts("usage");
    const bool resident = fields.flag("tpm_residency", proves_tpm_residency(facts.claims.format));
    facts.claims.tpm_residency = {.resident = resident, .fixed = resident, .restricted = false};
    facts.claims.freshness = fields.maybe_text("freshness").value_or("nonce");
    const auto assurance =
        assurance_from(fields.maybe_text("assurance").value_or("hw-key-attested"));
    if (!assurance) fields.refuse("assurance", "no assurance is called so");
    facts.claims.assurance = assurance.value_or(Assurance::platform_only);
    const auto algorithm = key_algorithm_from(fields.text("key_algorithm"));
    if (!algorithm) fields.refuse("key_algorithm", "no algorithm is called so");
    facts.key_algorithm = algorithm.value_or(KeyAlgorithm::ec_p256);
    facts.unique_id = fields.maybe_text("unique_id").value_or("");
    facts.lot = LotId(fields.maybe_text("lot").value_or("lot-1"));
    facts.site = SiteId(fields.maybe_text("site").value_or("site-1"));
    facts.station = StationId(fields.maybe_text("station").value_or("station-1"));
    if (const auto number = fields.maybe_number("range_number", {0, INT64_MAX})) {
        facts.range_number = static_cast<std::uint64_t>(*number);
    }
    facts.intermediate =
        IntermediateId(fields.maybe_text("intermediate").value_or(model.intermediate.get()));
    const auto instant = [&fields](std::string_view key) {
        const auto value = fields.maybe_instant(key);
        if (!value) fields.refuse(key, "is missing");
        return value.value_or(Instant());
    };
    facts.now = instant("now");
    facts.issuer_not_before = instant("issuer_not_before");
    facts.issuer_not_after = instant("issuer_not_after");
    fields.finish();
    return facts;
}

}  // namespace

PolicyExample read_example(FieldReader fields, const PolicyModel& model) {
    PolicyExample example;
    example.name = fields.text("name");
    example.request = read_request(fields.table("request"), model);
    FieldReader expect = fields.table("expect");
    const bool granted = expect.flag("granted", false);
    example.refused = expect.maybe_text("refused");
    if (granted == example.refused.has_value()) {
        expect.refuse("granted", "either granted = true or refused = \"word\"");
    }
    example.device = expect.maybe_text("device");
    example.subject = expect.texts("subject");
    example.subject_alt_names = expect.texts("subject_alt_names");
    example.not_before = expect.maybe_instant("not_before");
    example.not_after = expect.maybe_instant("not_after");
    const bool compares = example.device || !example.subject.empty() ||
                          !example.subject_alt_names.empty() || example.not_before ||
                          example.not_after;
    if (example.refused && compares)
        expect.refuse("refused", "nothing else is expected of a refusal");
    expect.finish();
    fields.finish();
    return example;
}

}  // namespace hallmark
