#include "ca/json/body.h"
#include "ca/registry/difference.h"
#include "ca/registry/enrolment.h"
#include "ca/registry/kinds.h"
#include "ca/registry/possession.h"
#include "db/operators.h"

namespace hallmark {
namespace {

namespace json = boost::json;

struct Enrolment {
    StationEnrolment station;
    std::optional<Bytes> proof;
};

Result<Enrolment> enrolment_in(const json::object& change) {
    Body body = Body::of(change);
    auto id = parse_slug_as<StationId>(body.text("id"), "id");
    auto site = parse_slug_as<SiteId>(body.text("site"), "site");
    Enrolment found;
    for (const std::string& name : body.texts("products")) {
        HALLMARK_TRY(product, parse_slug_as<ProductId>(name, "products"));
        found.station.products.push_back(product);
    }
    found.station.certificate = body.base64("certificate");
    found.station.expires = body.time_if("expires");
    found.station.source = body.text_if("source", 64).value_or("");
    found.station.line = body.text_if("line", 64).value_or("");
    if (const auto proof = body.text_if("proof", 2048)) {
        found.proof = from_base64(*proof);
        if (!found.proof) body.complain("not base64: proof");
    }
    HALLMARK_TRY(whole, body.finish());
    if (!id) return std::move(id).error();
    if (!site) return std::move(site).error();
    found.station.id = *id;
    found.station.site = *site;
    return found;
}

/// A station's certificate is often made where no tool of ours runs: one that its own key signed
/// shows possession well enough, and any other needs the proof (docs/adr/0012).
Result<std::string> possession_of(const Enrolment& enrolment) {
    HALLMARK_TRY(certificate, parse_certificate(enrolment.station.certificate));
    if (enrolment.proof) {
        if (!proves_possession(certificate, "station", enrolment.station.id.get(),
                               *enrolment.proof))
            return Refusal{Reason::invalid_document, "station: the proof of possession is bad"};
        return std::string("signed for this name by its key");
    }
    if (!is_signed_by_itself(certificate))
        return Refusal{Reason::invalid_document,
                       "station: another signed its certificate, so that it needs a proof"};
    return std::string("its key signed its certificate");
}

std::vector<std::string> names_of(const std::vector<ProductId>& products) {
    std::vector<std::string> names;
    names.reserve(products.size());
    for (const ProductId& product : products)
        names.push_back(product.get());
    return names;
}

Result<Survey> survey_enrolment(Tx& tx, const json::object& change, Instant now) {
    HALLMARK_TRY(enrolment, enrolment_in(change));
    const StationEnrolment& station = enrolment.station;
    HALLMARK_TRY(certificate, read_client_certificate(station.certificate, now));
    HALLMARK_TRY(possession, possession_of(enrolment));
    if (Principals(tx).state_of(station.id))
        return Refusal{Reason::conflict, "station " + station.id.get() + " is known already"};
    if (!Operators(tx).is_new_key(certificate.key_sha256))
        return Refusal{Reason::conflict, "station: its key is in some hand already"};
    HALLMARK_TRY(parsed, parse_certificate(station.certificate));
    const Instant expires =
        std::min(certificate.not_after, station.expires.value_or(certificate.not_after));
    return Survey{
        .subjects = {"station/" + station.id.get()},
        .lines = {difference("station", "", station.id.get()), addition("site", station.site.get()),
                  addition("line", station.line.empty() ? "none" : station.line),
                  addition("products", joined(names_of(station.products))),
                  addition("certificate", to_hex(certificate.sha256)),
                  addition("subject", name_text(parsed.subject)),
                  addition("possession", possession), addition("expires", to_rfc3339(expires)),
                  addition("source", station.source.empty() ? "any" : station.source)}};
}

Result<StationId> station_in(const json::object& change) {
    Body body = Body::of(change);
    auto id = parse_slug_as<StationId>(body.text("id"), "id");
    HALLMARK_TRY(whole, body.finish());
    return id;
}

Result<Survey> survey_resumption(Tx& tx, const json::object& change, Instant) {
    HALLMARK_TRY(id, station_in(change));
    const auto state = Principals(tx).state_of(id);
    if (!state) return Refusal{Reason::not_found, "no station " + id.get()};
    if (*state == "active") return Refusal{Reason::conflict, "the station is active"};
    return Survey{.subjects = {"station/" + id.get()},
                  .lines = {addition("station", id.get()), difference("state", *state, "active")}};
}

}  // namespace

std::vector<ProposalKind> station_kinds(Registry& registry) {
    const std::vector<Role> security{Role::security_officer};
    return {{.name = "station.enrol",
             .proposers = security,
             .approvers = security,
             .survey = survey_enrolment,
             .apply = [&registry](const Word& word, const json::object& change,
                                  Instant now) -> Result<Done> {
                 HALLMARK_TRY(enrolment, enrolment_in(change));
                 return registry.enrol_station(enrolment.station, word, now);
             }},
            {.name = "station.resume",
             .proposers = security,
             .approvers = security,
             .survey = survey_resumption,
             .apply = [&registry](const Word& word, const json::object& change,
                                  Instant now) -> Result<Done> {
                 HALLMARK_TRY(id, station_in(change));
                 return registry.set_station_state(id, "active", word, now);
             }}};
}

}  // namespace hallmark
