#include "server/protocol/rest_office.h"

#include "server/protocol/body.h"
#include "server/protocol/rest_proposals.h"

#include <algorithm>

namespace hallmark {
namespace {

namespace json = boost::json;

std::string actor_of(const Operator& by) {
    return "operator/" + by.id.get();
}

Result<HttpAnswer> get_intermediates(const OfficeDoor& door, const Operator&, const HttpRequest&) {
    json::array list;
    for (const Intermediate& row : door.front.registry.intermediates()) {
        HALLMARK_TRY(certificate, parse_certificate(row.certificate));
        json::array products;
        for (const ProductId& product : row.products)
            products.emplace_back(product.get());
        list.push_back(json::object{{"id", row.id.get()},
                                    {"state", row.state},
                                    {"key_uri", row.key_uri},
                                    {"algorithm", name_of(row.algorithm)},
                                    {"certificate", to_base64(row.certificate)},
                                    {"not_after", to_rfc3339(certificate.not_after)},
                                    {"products", std::move(products)},
                                    {"signatures", row.signatures}});
        json::object& shown = list.back().as_object();
        if (row.signs_from) shown.emplace("signs_from", to_rfc3339(*row.signs_from));
        if (row.signs_until) shown.emplace("signs_until", to_rfc3339(*row.signs_until));
    }
    return json_answer(200, json::object{{"intermediates", std::move(list)}});
}

template <typename Id>
using Setter = Result<Done> (Registry::*)(const Id&, std::string_view, const Word&, Instant);

/// One person's, at once: the safe direction. Back is proposed.
template <typename Id>
Result<HttpAnswer> suspend(const OfficeDoor& door, const Operator& by, const HttpRequest& request,
                           Setter<Id> set) {
    HALLMARK_TRY(id, slug_in_path(request, "id"));
    HALLMARK_TRY(nothing, Body::none(request.body));
    HALLMARK_TRY(suspended, (door.front.registry.*set)(Id(id), "suspended", actor_of(by),
                                                       door.front.clock.now()));
    return json_answer(200, json::object{{"id", id}, {"state", "suspended"}});
}

Result<HttpAnswer> suspend_intermediate(const OfficeDoor& door, const Operator& by,
                                        const HttpRequest& request) {
    return suspend<IntermediateId>(door, by, request, &Registry::set_intermediate_state);
}

Result<HttpAnswer> suspend_station(const OfficeDoor& door, const Operator& by,
                                   const HttpRequest& request) {
    return suspend<StationId>(door, by, request, &Registry::set_station_state);
}

Result<HttpAnswer> get_stations(const OfficeDoor& door, const Operator&, const HttpRequest&) {
    json::array list;
    for (const StationRow& row : door.front.registry.stations()) {
        json::array products;
        for (const ProductId& product : row.products)
            products.emplace_back(product.get());
        list.push_back(json::object{{"id", row.id.get()},
                                    {"site", row.site.get()},
                                    {"products", std::move(products)},
                                    {"state", row.state},
                                    {"certificate_sha256", to_hex(row.certificate_sha256)},
                                    {"expires", to_rfc3339(row.expires)},
                                    {"source", row.source},
                                    {"line", row.line}});
    }
    return json_answer(200, json::object{{"stations", std::move(list)}});
}

}  // namespace

namespace {

Result<Operator> writer_of(const OfficeDoor& door, const HttpRequest& request,
                           const std::vector<Role>& roles) {
    HALLMARK_TRY(by, writing_operator_of(door.front, request));
    const bool may =
        by.has(Role::administrator) ||
        std::any_of(roles.begin(), roles.end(), [&](Role role) { return by.has(role); });
    if (!may) return Refusal{Reason::forbidden, "the operator lacks the role"};
    return std::move(by);
}

}  // namespace

Gate office_gate(const OfficeDoor& door, std::vector<Role> roles) {
    return
        [&door, roles = std::move(roles)](const HttpRequest& request) -> std::optional<HttpAnswer> {
            const auto by = writer_of(door, request, roles);
            if (by) return std::nullopt;
            return refused(door.front, request, by.error());
        };
}

Handler office_write(const OfficeDoor& door, std::vector<Role> roles, OfficeAct act) {
    return [&door, roles = std::move(roles), act](const HttpRequest& request) {
        const auto by = writer_of(door, request, roles);
        if (!by) return refused(door.front, request, by.error());
        auto answer = act(door, *by, request);
        if (!answer) return refused(door.front, request, answer.error());
        return std::move(*answer);
    };
}

Handler office_read(const OfficeDoor& door, OfficeAct act) {
    return [&door, act](const HttpRequest& request) {
        const auto by = operator_of(door.front, request);
        if (!by) return refused(door.front, request, by.error());
        auto answer = act(door, *by, request);
        if (!answer) return refused(door.front, request, answer.error());
        return std::move(*answer);
    };
}

std::vector<Route> registry_routes(const OfficeDoor& door) {
    const std::vector<Role> security{Role::security_officer};
    return {
        {.method = "POST",
         .pattern = "/v1/vendors",
         .handler = office_propose(door, "vendor.pin"),
         .body_limit = 2 * 1024 * 1024,
         .before_body = office_gate(door, security)},
        {.method = "POST",
         .pattern = "/v1/policies",
         .handler = office_propose(door, "policy.apply"),
         .body_limit = 256 * 1024},
        {.method = "GET",
         .pattern = "/v1/intermediates",
         .handler = office_read(door, get_intermediates)},
        {.method = "POST",
         .pattern = "/v1/intermediates",
         .handler = office_propose(door, "intermediate.add")},
        {.method = "POST",
         .pattern = "/v1/intermediates/{id}/suspend",
         .handler = office_write(door, security, suspend_intermediate)},
        {.method = "POST",
         .pattern = "/v1/intermediates/{id}/resume",
         .handler = office_propose(door, "intermediate.resume", {"id"})},
        {.method = "GET", .pattern = "/v1/stations", .handler = office_read(door, get_stations)},
        {.method = "POST",
         .pattern = "/v1/stations",
         .handler = office_propose(door, "station.enrol")},
        {.method = "POST",
         .pattern = "/v1/stations/{id}/suspend",
         .handler =
             office_write(door, {Role::line_manager, Role::security_officer}, suspend_station)},
        {.method = "POST",
         .pattern = "/v1/stations/{id}/resume",
         .handler = office_propose(door, "station.resume", {"id"})},
    };
}

}  // namespace hallmark
