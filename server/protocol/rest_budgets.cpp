#include "server/protocol/body.h"
#include "server/protocol/query.h"
#include "server/protocol/rest_office.h"
#include "server/protocol/rest_proposals.h"

#include <charconv>

namespace hallmark {
namespace {

namespace json = boost::json;

constexpr std::size_t page = 100;
constexpr std::uint64_t most_units = 1'000'000'000'000;

std::string actor_of(const Operator& by) {
    return "operator/" + by.id.get();
}

json::object encode(const BudgetRow& row) {
    json::object budget{
        {"layer", row.layer}, {"id", row.id}, {"per", row.per}, {"count", row.count}};
    if (row.station_share) budget.emplace("station_share", *row.station_share);
    return budget;
}

json::object encode(const BudgetUse& use) {
    json::object encoded{{"layer", use.layer}, {"id", use.id},
                         {"per", use.per},     {"begins", to_rfc3339(use.begins)},
                         {"used", use.used},   {"left", left_of(use)}};
    if (!use.product.empty()) encoded.emplace("product", use.product);
    if (!use.station.empty()) encoded.emplace("station", use.station);
    return encoded;
}

json::object encode(const QuarantineRow& row) {
    json::object encoded{{"quarantine", row.number}, {"vendor", row.vendor.get()},
                         {"model", row.model},       {"cause", row.cause},
                         {"actor", row.actor},       {"at", to_rfc3339(row.at)}};
    if (!row.firmware.empty()) encoded.emplace("firmware", row.firmware);
    return encoded;
}

json::object encode(const TouchedCredential& row) {
    return {{"serial", row.serial}, {"device", row.device.get()},
            {"lot", row.lot.get()}, {"element", row.element.get()},
            {"state", row.state},   {"reserved_at", to_rfc3339(row.reserved_at)}};
}

template <typename Rows>
json::array encode_all(const Rows& rows) {
    json::array list;
    for (const auto& row : rows)
        list.push_back(encode(row));
    return list;
}

Result<HttpAnswer> get_budgets(const OfficeDoor& door, const Operator&, const HttpRequest&) {
    return json_answer(
        200, json::object{{"budgets", encode_all(door.budgets.budgets())},
                          {"used", encode_all(door.budgets.uses(Budgets::Shares::left_out))}});
}

Result<HttpAnswer> post_budget(const OfficeDoor& door, const Operator& by,
                               const HttpRequest& request) {
    HALLMARK_TRY(body, Body::parse(request.body));
    const BudgetRow budget{.layer = body.text("layer", 16),
                           .id = body.text("id", 129),
                           .per = body.text("per", 8),
                           .count = body.number("count", most_units),
                           .station_share = body.number_if("station_share", most_units)};
    HALLMARK_TRY(whole, body.finish());
    // Whoever only bounds acts at once. What would rise is a proposal of the very same body.
    const auto set = door.budgets.lower(budget, actor_of(by), door.front.clock.now());
    if (!set && set.error().reason == Reason::conflict)
        return propose(door, by, request, "budget.set");
    HALLMARK_TRY(done, set);
    return json_answer(201, encode(budget));
}

Result<HttpAnswer> get_calendar(const OfficeDoor& door, const Operator&,
                                const HttpRequest& request) {
    HALLMARK_TRY(site, slug_in_path(request, "site"));
    const auto calendar = door.budgets.calendar(SiteId(site));
    json::array shifts;
    if (calendar) {
        for (const ShiftRow& shift : calendar->shifts)
            shifts.emplace_back(text_of(shift));
    }
    return json_answer(200, json::object{{"site", site},
                                         {"time_zone", calendar ? calendar->time_zone : "UTC"},
                                         {"shifts", std::move(shifts)}});
}

Result<HttpAnswer> get_quarantines(const OfficeDoor& door, const Operator&, const HttpRequest&) {
    return json_answer(200, json::object{{"quarantines", encode_all(door.quarantines.standing())}});
}

Result<HttpAnswer> post_quarantine(const OfficeDoor& door, const Operator& by,
                                   const HttpRequest& request) {
    HALLMARK_TRY(body, Body::parse(request.body));
    const QuarantineOrder order{.vendor = VendorId(body.text("vendor", 64)),
                                .model = body.text("model", 64),
                                .firmware = body.text_if("firmware", 64).value_or(""),
                                .cause = body.text("cause", 1024)};
    HALLMARK_TRY(whole, body.finish());
    HALLMARK_TRY(row, door.quarantines.begin(order, actor_of(by), door.front.clock.now()));
    return json_answer(201, encode(row));
}

Result<std::int64_t> number_in_path(const HttpRequest& request) {
    const std::string& text = request.path_parameters.at("number");
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 1)
        return Refusal{Reason::not_found, "path: not a number"};
    return number;
}

Result<HttpAnswer> get_touched(const OfficeDoor& door, const Operator&,
                               const HttpRequest& request) {
    HALLMARK_TRY(number, number_in_path(request));
    HALLMARK_TRY(query, parse_query(request.query, {"cursor"}));
    const std::string cursor = query["cursor"];
    if (cursor.size() > 40 || !from_hex(cursor))
        return Refusal{Reason::malformed_request, "query: not a cursor"};
    HALLMARK_TRY(touched, door.quarantines.touched(number, cursor, page));
    HttpAnswer answer = json_answer(200, json::object{{"credentials", encode_all(touched)}});
    if (touched.size() == page) {
        answer.headers.emplace_back("Link", "</v1/quarantines/" + std::to_string(number) +
                                                "/credentials?cursor=" + touched.back().serial +
                                                ">; rel=\"next\"");
    }
    return answer;
}

}  // namespace

std::vector<Route> budget_routes(const OfficeDoor& door) {
    const std::vector<Role> either{Role::line_manager, Role::security_officer};
    return {
        {.method = "GET", .pattern = "/v1/budgets", .handler = office_read(door, get_budgets)},
        {.method = "POST",
         .pattern = "/v1/budgets",
         .handler = office_write(door, either, post_budget)},
        {.method = "GET",
         .pattern = "/v1/sites/{site}/calendar",
         .handler = office_read(door, get_calendar)},
        {.method = "POST",
         .pattern = "/v1/sites/{site}/calendar",
         .handler = office_propose(door, "calendar.set", {"site"})},
        {.method = "GET",
         .pattern = "/v1/quarantines",
         .handler = office_read(door, get_quarantines)},
        {.method = "POST",
         .pattern = "/v1/quarantines",
         .handler = office_write(door, either, post_quarantine)},
        {.method = "POST",
         .pattern = "/v1/quarantines/{number}/lift",
         .handler = office_propose(door, "quarantine.lift", {"number"})},
        {.method = "GET",
         .pattern = "/v1/quarantines/{number}/credentials",
         .handler = office_read(door, get_touched)},
    };
}

}  // namespace hallmark
