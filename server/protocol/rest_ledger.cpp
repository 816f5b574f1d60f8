#include "ca/json/json.h"
#include "server/protocol/body.h"
#include "server/protocol/query.h"
#include "server/protocol/rest_office.h"

namespace hallmark {
namespace {

namespace json = boost::json;

constexpr std::size_t document_limit = 64u * 1024;
constexpr std::uint64_t most_units = 1'000'000'000;
constexpr std::string_view report_type = "hallmark-report+jws";

json::value encode_entry(const HandOverRow& row) {
    json::object entry{{"sequence", row.sequence},
                       {"kind", row.kind},
                       {"from", row.giver},
                       {"to", row.taker},
                       {"units", row.units},
                       {"at", to_rfc3339(row.at)},
                       {"previous", to_hex(row.previous)},
                       {"sha256", to_hex(row.sha256)},
                       {"certificate_sha256", to_hex(row.certificate_sha256)},
                       {"posted_by", row.posted_by},
                       {"posted_at", to_rfc3339(row.posted_at)},
                       {"document", row.document}};
    if (row.site) entry.emplace("site", row.site->get());
    return entry;
}

Result<HttpAnswer> get_hand_overs(const OfficeDoor& door, const Operator&,
                                  const HttpRequest& request) {
    HALLMARK_TRY(lot, slug_in_path(request, "lot"));
    HALLMARK_TRY(chain, door.hand_overs.of_lot(LotId(lot)));
    json::array entries;
    for (const HandOverRow& row : chain.entries)
        entries.push_back(encode_entry(row));
    return json_answer(200,
                       json::object{{"hand_overs", std::move(entries)},
                                    {"next", json::object{{"sequence", chain.end.sequence + 1},
                                                          {"previous", to_hex(chain.end.previous)},
                                                          {"from", chain.end.holder},
                                                          {"units", chain.end.units}}}});
}

Result<HttpAnswer> post_hand_over(const OfficeDoor& door, const Operator& by,
                                  const HttpRequest& request) {
    HALLMARK_TRY(lot, slug_in_path(request, "lot"));
    if (!request.peer) return Refusal{Reason::unauthenticated, "hand-over: no certificate"};
    HALLMARK_TRY(row, door.hand_overs.post(LotId(lot), request.body,
                                           {.id = by.id, .certificate = request.peer->der},
                                           door.front.clock.now()));
    return json_answer(201, encode_entry(row));
}

Result<HttpAnswer> post_count(const OfficeDoor& door, const Operator& by,
                              const HttpRequest& request) {
    HALLMARK_TRY(lot, slug_in_path(request, "lot"));
    HALLMARK_TRY(body, Body::parse(request.body));
    const std::uint64_t units = body.number("units", most_units);
    HALLMARK_TRY(whole, body.finish());
    HALLMARK_TRY(counted, door.ledger.count(LotId(lot), units, "operator/" + by.id.get(),
                                            door.front.clock.now()));
    return json_answer(201, json::object{{"lot", lot},
                                         {"count", counted.number},
                                         {"units", counted.units},
                                         {"expected", counted.expected}});
}

Result<HttpAnswer> get_lot_report(const OfficeDoor& door, const Operator&,
                                  const HttpRequest& request) {
    HALLMARK_TRY(lot, slug_in_path(request, "lot"));
    HALLMARK_TRY(report, door.ledger.lot(LotId(lot), door.front.clock.now()));
    return HttpAnswer{.body = ledger_json(report)};
}

Result<HttpAnswer> get_signed_lot_report(const OfficeDoor& door, const Operator&,
                                         const HttpRequest& request) {
    HALLMARK_TRY(lot, slug_in_path(request, "lot"));
    HALLMARK_TRY(report, door.ledger.lot(LotId(lot), door.front.clock.now()));
    HALLMARK_TRY(token, door.sign_report(report_type, ledger_json(report)));
    return HttpAnswer{.content_type = "application/jose", .body = std::move(token)};
}

struct ShiftTimes {
    Instant from;
    Instant until;
};

Result<ShiftTimes> shift_in(const HttpRequest& request) {
    HALLMARK_TRY(query, parse_query(request.query, {"from", "to"}));
    const auto from = from_rfc3339(query["from"]);
    const auto until = from_rfc3339(query["to"]);
    if (!from || !until)
        return Refusal{Reason::malformed_request, "query: from and to are times of RFC 3339"};
    return ShiftTimes{*from, *until};
}

Result<HttpAnswer> get_station_report(const OfficeDoor& door, const Operator&,
                                      const HttpRequest& request) {
    HALLMARK_TRY(station, slug_in_path(request, "id"));
    HALLMARK_TRY(shift, shift_in(request));
    HALLMARK_TRY(report, door.ledger.station(StationId(station), shift.from, shift.until,
                                             door.front.clock.now()));
    return HttpAnswer{.body = ledger_json(report)};
}

Result<HttpAnswer> get_line_report(const OfficeDoor& door, const Operator&,
                                   const HttpRequest& request) {
    HALLMARK_TRY(site, slug_in_path(request, "site"));
    HALLMARK_TRY(line, slug_in_path(request, "line"));
    HALLMARK_TRY(shift, shift_in(request));
    HALLMARK_TRY(report, door.ledger.line({SiteId(site), LineId(line)}, shift.from, shift.until,
                                          door.front.clock.now()));
    return HttpAnswer{.body = ledger_json(report)};
}

}  // namespace

std::vector<Route> ledger_routes(const OfficeDoor& door) {
    const std::vector<Role> line{Role::line_manager};
    return {
        {.method = "GET",
         .pattern = "/v1/lots/{lot}/hand-overs",
         .handler = office_read(door, get_hand_overs)},
        {.method = "POST",
         .pattern = "/v1/lots/{lot}/hand-overs",
         .handler = office_write(door, line, post_hand_over),
         .body_limit = document_limit},
        {.method = "POST",
         .pattern = "/v1/lots/{lot}/count",
         .handler = office_write(door, line, post_count)},
        {.method = "GET",
         .pattern = "/v1/lots/{lot}/report",
         .handler = office_read(door, get_lot_report)},
        {.method = "GET",
         .pattern = "/v1/lots/{lot}/report.jws",
         .handler = office_read(door, get_signed_lot_report)},
        {.method = "GET",
         .pattern = "/v1/stations/{id}/report",
         .handler = office_read(door, get_station_report)},
        {.method = "GET",
         .pattern = "/v1/sites/{site}/lines/{line}/report",
         .handler = office_read(door, get_line_report)},
    };
}

}  // namespace hallmark
