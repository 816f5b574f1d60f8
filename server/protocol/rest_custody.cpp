#include "ca/crypto/hash.h"
#include "server/protocol/body.h"
#include "server/protocol/rest_proposals.h"

namespace hallmark {
namespace {

namespace json = boost::json;

std::string actor_of(const Operator& by) {
    return "operator/" + by.id.get();
}

json::value encode_lot(const LotRow& row) {
    json::object lot{{"lot", row.lot.get()},       {"state", row.state},
                     {"vendor", row.vendor.get()}, {"received", row.received},
                     {"bound", row.bound},         {"held", row.held},
                     {"scrapped", row.scrapped},   {"returned", row.returned}};
    if (row.product) lot.emplace("product", row.product->get());
    if (row.site) lot.emplace("site", row.site->get());
    if (row.line) lot.emplace("line", row.line->get());
    return lot;
}

Result<HttpAnswer> lot_answer(const OfficeDoor& door, const LotId& lot) {
    HALLMARK_TRY(row, door.custody.lot(lot));
    return json_answer(200, encode_lot(row));
}

Result<HttpAnswer> get_lots(const OfficeDoor& door, const Operator&, const HttpRequest&) {
    json::array list;
    for (const LotRow& row : door.custody.lots())
        list.push_back(encode_lot(row));
    return json_answer(200, json::object{{"lots", std::move(list)}});
}

Result<HttpAnswer> get_lot(const OfficeDoor& door, const Operator&, const HttpRequest& request) {
    HALLMARK_TRY(lot, slug_in_path(request, "lot"));
    return lot_answer(door, LotId(lot));
}

Result<HttpAnswer> allot_lot(const OfficeDoor& door, const Operator& by,
                             const HttpRequest& request) {
    HALLMARK_TRY(lot, slug_in_path(request, "lot"));
    HALLMARK_TRY(body, Body::parse(request.body));
    auto product = parse_slug_as<ProductId>(body.text("product"), "product");
    auto site = parse_slug_as<SiteId>(body.text("site"), "site");
    const auto line_name = body.text_if("line");
    HALLMARK_TRY(whole, body.finish());
    if (!product) return std::move(product).error();
    if (!site) return std::move(site).error();
    LotAllotment allotment{.lot = LotId(lot), .product = *product, .site = *site};
    if (line_name) {
        HALLMARK_TRY(line, parse_slug_as<LineId>(*line_name, "line"));
        allotment.line = std::move(line);
    }
    HALLMARK_TRY(allotted, door.custody.allot(allotment, actor_of(by), door.front.clock.now()));
    return lot_answer(door, LotId(lot));
}

Result<HttpAnswer> move_lot(const OfficeDoor& door, const Operator& by, const HttpRequest& request,
                            std::string_view state) {
    HALLMARK_TRY(lot, slug_in_path(request, "lot"));
    HALLMARK_TRY(nothing, Body::none(request.body));
    HALLMARK_TRY(
        moved, door.custody.set_lot_state(LotId(lot), state, actor_of(by), door.front.clock.now()));
    return lot_answer(door, LotId(lot));
}

/// The first release is one line manager's; out of a hold a lot comes by two people.
Result<HttpAnswer> release_lot(const OfficeDoor& door, const Operator& by,
                               const HttpRequest& request) {
    HALLMARK_TRY(lot, slug_in_path(request, "lot"));
    HALLMARK_TRY(row, door.custody.lot(LotId(lot)));
    if (row.state == "held") return propose(door, by, request, "lot.release", {"lot"});
    return move_lot(door, by, request, "released");
}

Result<HttpAnswer> hold_lot(const OfficeDoor& door, const Operator& by,
                            const HttpRequest& request) {
    return move_lot(door, by, request, "held");
}

Result<HttpAnswer> close_lot(const OfficeDoor& door, const Operator& by,
                             const HttpRequest& request) {
    return move_lot(door, by, request, "closed");
}

Result<HttpAnswer> move_element(const OfficeDoor& door, const Operator& by,
                                const HttpRequest& request, std::string_view state) {
    HALLMARK_TRY(vendor, slug_in_path(request, "vendor"));
    const ElementId element = element_id(VendorId(vendor), request.path_parameters.at("unique_id"));
    HALLMARK_TRY(nothing, Body::none(request.body));
    HALLMARK_TRY(moved, door.custody.set_element_state(element, state, actor_of(by),
                                                       door.front.clock.now()));
    return json_answer(200, json::object{{"element", element.get()}, {"state", state}});
}

Result<HttpAnswer> hold_element(const OfficeDoor& door, const Operator& by,
                                const HttpRequest& request) {
    return move_element(door, by, request, "held");
}

Result<HttpAnswer> scrap_element(const OfficeDoor& door, const Operator& by,
                                 const HttpRequest& request) {
    return move_element(door, by, request, "scrapped");
}

Result<HttpAnswer> return_element(const OfficeDoor& door, const Operator& by,
                                  const HttpRequest& request) {
    return move_element(door, by, request, "returned");
}

Result<HttpAnswer> retire_credential(const OfficeDoor& door, const Operator& by,
                                     const HttpRequest& request) {
    const auto serial = from_hex(request.path_parameters.at("serial"));
    if (!serial || serial->empty() || serial->size() > 20) {
        return Refusal{Reason::not_found, "path: not a serial"};
    }
    HALLMARK_TRY(body, Body::parse(request.body));
    const std::string reason = body.text("reason", 64);
    HALLMARK_TRY(whole, body.finish());
    HALLMARK_TRY(row, door.retirement.retire(by, {.serial = Serial(*serial), .reason = reason},
                                             door.front.clock.now()));
    if (door.lists_changed) door.lists_changed(row.intermediate);
    return json_answer(
        200, json::object{{"serial", to_hex(*serial)}, {"state", row.state}, {"reason", reason}});
}

}  // namespace

std::vector<Route> custody_routes(const OfficeDoor& door) {
    const std::vector<Role> line{Role::line_manager};
    const auto write = [&](OfficeAct act) { return office_write(door, line, act); };
    return {
        {.method = "GET", .pattern = "/v1/lots", .handler = office_read(door, get_lots)},
        {.method = "GET", .pattern = "/v1/lots/{lot}", .handler = office_read(door, get_lot)},
        {.method = "POST", .pattern = "/v1/lots/{lot}/allot", .handler = write(allot_lot)},
        {.method = "POST", .pattern = "/v1/lots/{lot}/release", .handler = write(release_lot)},
        {.method = "POST", .pattern = "/v1/lots/{lot}/hold", .handler = write(hold_lot)},
        {.method = "POST", .pattern = "/v1/lots/{lot}/close", .handler = write(close_lot)},
        {.method = "POST",
         .pattern = "/v1/elements/{vendor}/{unique_id}/hold",
         .handler = write(hold_element)},
        {.method = "POST",
         .pattern = "/v1/elements/{vendor}/{unique_id}/unhold",
         .handler = office_propose(door, "element.unhold", {"vendor", "unique_id"})},
        {.method = "POST",
         .pattern = "/v1/elements/{vendor}/{unique_id}/scrap",
         .handler = write(scrap_element)},
        {.method = "POST",
         .pattern = "/v1/elements/{vendor}/{unique_id}/return",
         .handler = write(return_element)},
    };
}

std::vector<Route> ending_routes(const OfficeDoor& door) {
    return {{.method = "POST",
             .pattern = "/v1/credentials/{serial}/retire",
             .handler = office_write(door, {Role::line_manager, Role::security_officer},
                                     retire_credential)}};
}

}  // namespace hallmark
