#include "server/protocol/body.h"
#include "server/protocol/rest_proposals.h"

namespace hallmark {
namespace {

namespace json = boost::json;

Result<HttpAnswer> get_operators(const OfficeDoor& door, const Operator&, const HttpRequest&) {
    json::array list;
    for (const OperatorRow& row : door.front.registry.operators()) {
        json::array roles;
        for (const Role role : row.person.roles)
            roles.emplace_back(name_of(role));
        list.push_back(json::object{{"id", row.person.id.get()},
                                    {"name", row.person.name},
                                    {"roles", std::move(roles)},
                                    {"state", row.person.state},
                                    {"certificate_sha256", to_hex(row.certificate_sha256)},
                                    {"expires", to_rfc3339(row.person.expires)},
                                    {"enrolled_by", row.enrolled_by}});
    }
    return json_answer(200, json::object{{"operators", std::move(list)}});
}

/// One person's, at once: the safe direction.
Result<HttpAnswer> suspend_operator(const OfficeDoor& door, const Operator& by,
                                    const HttpRequest& request) {
    HALLMARK_TRY(id, slug_in_path(request, "id"));
    HALLMARK_TRY(nothing, Body::none(request.body));
    HALLMARK_TRY(suspended, door.front.registry.set_operator_state(OperatorId(id), "suspended",
                                                                   "operator/" + by.id.get(),
                                                                   door.front.clock.now()));
    return json_answer(200, json::object{{"id", id}, {"state", "suspended"}});
}

Result<HttpAnswer> get_break_glass(const OfficeDoor& door, const Operator&, const HttpRequest&) {
    return json_answer(
        200, json::object{{"break_glass", encode_break_glass(door.break_glass.open_one())}});
}

Result<HttpAnswer> post_break_glass(const OfficeDoor& door, const Operator& by,
                                    const HttpRequest& request) {
    HALLMARK_TRY(body, Body::parse(request.body));
    const std::string reason = body.text("reason");
    const std::uint64_t seconds = body.number("seconds", 86'400);
    HALLMARK_TRY(whole, body.finish());
    HALLMARK_TRY(opened, door.break_glass.open(by, reason, std::chrono::seconds(seconds),
                                               door.front.clock.now()));
    return json_answer(201, encode_break_glass(opened).front());
}

}  // namespace

json::array encode_break_glass(const std::optional<StoredBreakGlass>& glass) {
    if (!glass) return {};
    json::array list;
    list.push_back(json::object{{"id", glass->id},
                                {"opened_by", glass->opened_by.get()},
                                {"reason", glass->reason},
                                {"opened_at", to_rfc3339(glass->opened_at)},
                                {"until", to_rfc3339(glass->until)},
                                {"has_power", glass->has_power}});
    return list;
}

std::vector<Route> operator_routes(const OfficeDoor& door) {
    const std::vector<Role> security{Role::security_officer};
    return {
        {.method = "GET", .pattern = "/v1/operators", .handler = office_read(door, get_operators)},
        {.method = "POST",
         .pattern = "/v1/operators",
         .handler = office_propose(door, "operator.add")},
        {.method = "POST",
         .pattern = "/v1/operators/{id}/rekey",
         .handler = office_propose(door, "operator.rekey", {"id"})},
        {.method = "POST",
         .pattern = "/v1/operators/{id}/roles",
         .handler = office_propose(door, "operator.roles", {"id"})},
        {.method = "POST",
         .pattern = "/v1/operators/{id}/suspend",
         .handler = office_write(door, security, suspend_operator)},
        {.method = "POST",
         .pattern = "/v1/operators/{id}/resume",
         .handler = office_propose(door, "operator.resume", {"id"})},
        {.method = "GET",
         .pattern = "/v1/break-glass",
         .handler = office_read(door, get_break_glass)},
        {.method = "POST",
         .pattern = "/v1/break-glass",
         .handler = office_write(door, security, post_break_glass)},
        {.method = "POST",
         .pattern = "/v1/break-glass/close",
         .handler = office_propose(door, "break_glass.close")},
    };
}

}  // namespace hallmark
