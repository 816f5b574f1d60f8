#include "server/protocol/rest_audit.h"

#include "ca/crypto/certificate.h"
#include "ca/json/json.h"
#include "server/protocol/query.h"
#include "server/protocol/rest_proposals.h"

#include <charconv>

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

namespace hallmark {
namespace {

namespace json = boost::json;
using Query = std::map<std::string, std::string>;

std::optional<std::string> text_in(const Query& query, const std::string& name) {
    const auto found = query.find(name);
    if (found == query.end()) return std::nullopt;
    return found->second;
}

Result<std::optional<Instant>> time_in(const Query& query, const std::string& name) {
    const auto text = text_in(query, name);
    if (!text) return std::optional<Instant>();
    const auto instant = from_rfc3339(*text);
    if (!instant)
        return Refusal{Reason::malformed_request, "query: not a time of RFC 3339: " + name};
    return std::optional<Instant>(*instant);
}

Result<std::uint32_t> limit_in(const Query& query) {
    const std::string text = text_in(query, "limit").value_or("100");
    std::uint32_t limit = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (error != std::errc() || end != text.data() + text.size()) {
        return Refusal{Reason::malformed_request, "query: limit is not a number"};
    }
    return limit;
}

/// In its one spelling, whichever the caller's is.
std::optional<std::string> element_in(const Query& query) {
    const auto text = text_in(query, "element");
    const std::size_t slash = text ? text->find('/') : std::string::npos;
    if (slash == std::string::npos) return text;
    return element_id(VendorId(text->substr(0, slash)), text->substr(slash + 1)).get();
}

Result<AuditQuery> decode_search(const HttpRequest& request) {
    HALLMARK_TRY(
        query, parse_query(request.query, {"device", "serial", "element", "station", "lot",
                                           "product", "policy", "from", "to", "cursor", "limit"}));
    HALLMARK_TRY(from, time_in(query, "from"));
    HALLMARK_TRY(until, time_in(query, "to"));
    HALLMARK_TRY(limit, limit_in(query));
    AuditQuery search;
    search.keys = {.device = text_in(query, "device"),
                   .serial = text_in(query, "serial"),
                   .element = element_in(query),
                   .station = text_in(query, "station"),
                   .lot = text_in(query, "lot"),
                   .product = text_in(query, "product"),
                   .policy = text_in(query, "policy")};
    search.from = from;
    search.until = until;
    search.limit = limit;
    search.cursor = text_in(query, "cursor").value_or("");
    return search;
}

/// The facts stand in the canonical body beside type, subject, actor and time.
json::value encode_event(const EventRow& row) {
    json::value facts = json::object{};
    if (const auto body = parse_json(row.body); body && body->is_object()) {
        if (const json::value* found = body->as_object().if_contains("facts")) facts = *found;
    }
    return json::object{{"number", row.number},
                        {"type", row.type},
                        {"subject", row.subject},
                        {"actor", row.actor},
                        {"time", to_rfc3339(row.at)},
                        {"facts", std::move(facts)},
                        {"digest", to_hex(row.body_sha256)}};
}

json::array encode_events(const std::vector<EventRow>& rows) {
    json::array events;
    for (const EventRow& row : rows)
        events.push_back(encode_event(row));
    return events;
}

std::string next_link(const HttpRequest& request, const std::string& cursor) {
    std::string query;
    for (std::size_t at = 0; at < request.query.size();) {
        const std::size_t end = std::min(request.query.find('&', at), request.query.size());
        const std::string_view part = std::string_view(request.query).substr(at, end - at);
        if (!part.starts_with("cursor=") && !part.empty()) query += std::string(part) + "&";
        at = end + 1;
    }
    return "<" + request.path + "?" + query +
           "cursor=" + boost::urls::encode(cursor, boost::urls::unreserved_chars) +
           ">; rel=\"next\"";
}

HttpAnswer get_events(const AuditDoor& door, const HttpRequest& request) {
    const auto search = decode_search(request);
    if (!search) return refused(door.front, request, search.error());
    const auto page = door.history.search(*search);
    if (!page) return refused(door.front, request, page.error());
    HttpAnswer answer = json_answer(
        200, json::object{{"events", encode_events(page->rows)},
                          {"break_glass", encode_break_glass(door.break_glass.open_one())}});
    if (!page->next.empty()) answer.headers.emplace_back("Link", next_link(request, page->next));
    return answer;
}

HttpAnswer get_timeline(const AuditDoor& door, const HttpRequest& request) {
    const DeviceId device(request.path_parameters.at("device"));
    const auto events = door.history.timeline(device);
    if (!events) return refused(door.front, request, events.error());
    return json_answer(
        200, json::object{{"device", device.get()},
                          {"events", encode_events(*events)},
                          {"break_glass", encode_break_glass(door.break_glass.open_one())}});
}

json::object encode_record(const CertificateRecord& record) {
    json::object body{{"serial", to_hex(record.serial.get())},
                      {"state", record.state},
                      {"device", record.device.get()},
                      {"element", record.element.get()},
                      {"product", record.product.get()},
                      {"station", record.station.get()},
                      {"lot", record.lot.get()},
                      {"policy", to_hex(record.policy)},
                      {"intermediate", record.intermediate.get()}};
    if (record.manifest) body.emplace("manifest", to_hex(*record.manifest));
    if (record.request) body.emplace("evidence", to_hex(*record.request));
    if (record.certificate) body.emplace("certificate", to_pem(*record.certificate, "CERTIFICATE"));
    if (record.issued_at) body.emplace("issued_at", to_rfc3339(*record.issued_at));
    if (record.installed_at) body.emplace("installed_at", to_rfc3339(*record.installed_at));
    if (record.ended_at) body.emplace("ended_at", to_rfc3339(*record.ended_at));
    if (record.reason) body.emplace("reason", *record.reason);
    if (record.claims) {
        if (const auto claims = parse_json(*record.claims)) body.emplace("claims", *claims);
    }
    return body;
}

HttpAnswer get_certificate(const AuditDoor& door, const HttpRequest& request) {
    const auto serial = from_hex(request.path_parameters.at("serial"));
    if (!serial) return refused(door.front, request, {Reason::not_found, "path: not a serial"});
    const auto history = door.history.certificate(Serial(*serial));
    if (!history) return refused(door.front, request, history.error());
    json::object body = encode_record(history->record);
    body.emplace("events", encode_events(history->events));
    return json_answer(200, body);
}

/// RFC 9782 3: the media type's parameter says which kind of token it is.
HttpAnswer result_answer(std::string token) {
    return HttpAnswer{
        .status = 200,
        .content_type = "application/eat+jwt; eat_profile=\"" + std::string(ear_profile) + "\"",
        .body = std::move(token)};
}

HttpAnswer get_certificate_result(const AuditDoor& door, const HttpRequest& request) {
    const auto serial = from_hex(request.path_parameters.at("serial"));
    if (!serial) return refused(door.front, request, {Reason::not_found, "path: not a serial"});
    auto token = door.results.of_certificate(Serial(*serial));
    if (!token) return refused(door.front, request, token.error());
    return result_answer(*std::move(token));
}

HttpAnswer get_refusal_result(const AuditDoor& door, const HttpRequest& request) {
    const auto id = parse_uuid(request.path_parameters.at("id"), "id");
    if (!id) return refused(door.front, request, {Reason::not_found, "path: not a refusal"});
    auto token = door.results.of_refusal(*id);
    if (!token) return refused(door.front, request, token.error());
    return result_answer(*std::move(token));
}

}  // namespace

std::vector<Route> audit_routes(const AuditDoor& door) {
    const auto to =
        [&door](HttpAnswer (*handler)(const AuditDoor&, const HttpRequest&)) -> Handler {
        return [&door, handler](const HttpRequest& request) {
            const auto by = operator_of(door.front, request);
            if (!by) return refused(door.front, request, by.error());
            return handler(door, request);
        };
    };
    return {
        {.method = "GET", .pattern = "/v1/audit/events", .handler = to(get_events)},
        {.method = "GET",
         .pattern = "/v1/audit/devices/{device}/timeline",
         .handler = to(get_timeline)},
        {.method = "GET",
         .pattern = "/v1/audit/certificates/{serial}",
         .handler = to(get_certificate)},
        {.method = "GET",
         .pattern = "/v1/audit/certificates/{serial}/result",
         .handler = to(get_certificate_result)},
        {.method = "GET",
         .pattern = "/v1/audit/refusals/{id}/result",
         .handler = to(get_refusal_result)},
    };
}

}  // namespace hallmark
