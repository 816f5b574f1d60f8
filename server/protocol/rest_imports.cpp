// Manifests come in as files beside the memory, and an import is a job: 202 at once, and how it
// ended is asked for.
#include "ca/crypto/hash.h"
#include "ca/custody/manifest.h"
#include "server/protocol/query.h"
#include "server/protocol/rest_office.h"

namespace hallmark {
namespace {

namespace json = boost::json;

const std::vector<Role> line{Role::line_manager};

/// What the query asks for, without actor and time.
Result<ImportOrder> order_in(const HttpRequest& request) {
    HALLMARK_TRY(query, parse_query(request.query, {"vendor", "lot", "format"}));
    HALLMARK_TRY(vendor, parse_slug_as<VendorId>(query["vendor"], "vendor"));
    HALLMARK_TRY(lot, parse_slug_as<LotId>(query["lot"], "lot"));
    std::string format(microchip_manifest_format);
    if (query.contains("format")) format = query["format"];
    if (find_manifest_format(format) == nullptr)
        return Refusal{Reason::malformed_request, "format: no such manifest format"};
    return ImportOrder{.vendor = vendor, .lot = lot, .format = format, .actor = {}, .now = {}};
}

/// Who may ask, and for what, before a gigabyte is read.
Gate import_gate(const OfficeDoor& door) {
    return [&door, gate = office_gate(door, line)](
               const HttpRequest& request) -> std::optional<HttpAnswer> {
        if (auto away = gate(request)) return away;
        const auto order = order_in(request);
        if (!order) return refused(door.front, request, order.error());
        return std::nullopt;
    };
}

Result<HttpAnswer> post_manifest(const OfficeDoor& door, const Operator& by,
                                 const HttpRequest& request) {
    HALLMARK_TRY(order, order_in(request));
    if (!request.spooled || request.spooled->octets() == 0)
        return Refusal{Reason::malformed_request, "no document"};
    order.actor = "operator/" + by.id.get();
    order.now = door.front.clock.now();
    HALLMARK_TRY(job, door.imports.submit(order, {.file = request.spooled->file(),
                                                  .sha256 = request.spooled->sha256(),
                                                  .octets = request.spooled->octets(),
                                                  .keeper = request.spooled}));
    HttpAnswer answer = json_answer(202, json::object{{"job", job}, {"state", "queued"}});
    answer.headers.emplace_back("Location", "/v1/jobs/" + job);
    return answer;
}

/// One of those that an import is refused for.
Reason reason_of(std::string_view name) {
    for (const Reason reason : {Reason::too_large, Reason::conflict, Reason::malformed_request}) {
        if (name_of(reason) == name) return reason;
    }
    return Reason::invalid_document;
}

json::value encode_job(const ImportJobRow& row) {
    json::object job{{"job", row.id},
                     {"kind", "manifest-import"},
                     {"state", row.state},
                     {"vendor", row.vendor.get()},
                     {"lot", row.lot.get()},
                     {"format", row.format},
                     {"asked_by", row.asked_by},
                     {"asked_at", to_rfc3339(row.asked_at)},
                     {"octets", row.octets},
                     {"octets_read", row.octets_read},
                     {"units_verified", row.units_verified}};
    if (row.manifest) {
        job.emplace("result", json::object{{"manifest", to_hex(*row.manifest)},
                                           {"units", row.units},
                                           {"keys", row.keys},
                                           {"lot", row.imported_into},
                                           {"repeated", row.repeated}});
    }
    if (!row.reason.empty())
        job.emplace("problem", json::parse(problem(reason_of(row.reason), row.id).body));
    return job;
}

Result<HttpAnswer> get_job(const OfficeDoor& door, const Operator&, const HttpRequest& request) {
    const auto id = parse_uuid(request.path_parameters.at("id"), "job");
    if (!id) return Refusal{Reason::not_found, "path: not a job"};
    HALLMARK_TRY(row, door.imports.job(*id));
    return json_answer(200, encode_job(row));
}

}  // namespace

std::vector<Route> import_routes(const OfficeDoor& door) {
    return {{.method = "POST",
             .pattern = "/v1/manifests",
             .handler = office_write(door, line, post_manifest),
             .body_limit = door.spool.limits().body_octets,
             .accepts = "",
             .before_body = import_gate(door),
             .spool = &door.spool},
            {.method = "GET", .pattern = "/v1/jobs/{id}", .handler = office_read(door, get_job)}};
}

}  // namespace hallmark
