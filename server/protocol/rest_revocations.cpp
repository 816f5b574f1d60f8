#include "ca/lifecycle/bulk_retirement.h"
#include "server/protocol/query.h"
#include "server/protocol/rest_proposals.h"

namespace hallmark {
namespace {

namespace json = boost::json;
using Query = std::map<std::string, std::string>;

std::optional<std::string> text_in(const Query& query, const char* name) {
    const auto found = query.find(name);
    return found == query.end() ? std::nullopt : std::optional(found->second);
}

Result<std::optional<Instant>> time_in(const Query& query, const char* name) {
    const auto text = text_in(query, name);
    if (!text) return std::optional<Instant>();
    const auto instant = from_rfc3339(*text);
    if (!instant)
        return Refusal{Reason::malformed_request,
                       std::string("query: not a time of RFC 3339: ") + name};
    return std::optional<Instant>(*instant);
}

json::object encode_counts(const std::map<std::string, std::size_t>& counts) {
    json::object encoded;
    for (const auto& [name, count] : counts)
        encoded.emplace(name, count);
    return encoded;
}

Result<HttpAnswer> get_preview(const OfficeDoor& door, const Operator&,
                               const HttpRequest& request) {
    HALLMARK_TRY(query, parse_query(request.query, {"station", "lot", "product", "from", "to"}));
    HALLMARK_TRY(from, time_in(query, "from"));
    HALLMARK_TRY(until, time_in(query, "to"));
    HALLMARK_TRY(preview, door.bulk_retirement.preview({.station = text_in(query, "station"),
                                                        .lot = text_in(query, "lot"),
                                                        .product = text_in(query, "product"),
                                                        .from = from,
                                                        .until = until}));
    json::array serials;
    for (const ActiveCredential& one : preview.credentials)
        serials.emplace_back(to_hex(one.serial.get()));
    return json_answer(200, json::object{{"credentials", preview.credentials.size()},
                                         {"list_sha256", to_hex(preview.list)},
                                         {"by_station", encode_counts(preview.by_station)},
                                         {"by_lot", encode_counts(preview.by_lot)},
                                         {"by_product", encode_counts(preview.by_product)},
                                         {"serials", std::move(serials)}});
}

}  // namespace

std::vector<Route> revocation_routes(const OfficeDoor& door) {
    return {{.method = "GET",
             .pattern = "/v1/revocations/preview",
             .handler = office_read(door, get_preview)},
            {.method = "POST",
             .pattern = "/v1/revocations",
             .handler = office_propose(door, "revocation.bulk")}};
}

}  // namespace hallmark
