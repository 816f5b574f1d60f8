#include "server/protocol/front.h"

namespace hallmark {
namespace {

Refusal no_certificate() {
    return Refusal{Reason::unauthenticated, "no client certificate"};
}

}  // namespace

Result<Caller> station_of(const Front& front, const HttpRequest& request) {
    if (!request.peer) return no_certificate();
    return front.registry.station_by(*request.peer, front.clock.now());
}

Result<Caller> known_station_of(const Front& front, const HttpRequest& request) {
    if (!request.peer) return no_certificate();
    return front.registry.station_known(*request.peer, front.clock.now());
}

Result<Operator> operator_of(const Front& front, const HttpRequest& request) {
    if (!request.peer) return no_certificate();
    return front.registry.operator_by(*request.peer, front.clock.now());
}

Result<Operator> writing_operator_of(const Front& front, const HttpRequest& request) {
    if (request.header("hallmark-request").empty()) {
        return Refusal{Reason::forbidden, "the header Hallmark-Request is missing"};
    }
    const std::string_view site = request.header("sec-fetch-site");
    if (!site.empty() && site != "same-origin" && site != "none") {
        return Refusal{Reason::forbidden, "Sec-Fetch-Site is another"};
    }
    const std::string_view origin = request.header("origin");
    if (!origin.empty() && origin != "https://" + std::string(request.header("host"))) {
        return Refusal{Reason::forbidden, "Origin is another"};
    }
    return operator_of(front, request);
}

HttpAnswer json_answer(int status, const boost::json::value& body) {
    HttpAnswer answer;
    answer.status = status;
    answer.body = boost::json::serialize(body) + "\n";
    return answer;
}

HttpAnswer refused(const Front& front, const HttpRequest& request, const Refusal& refusal,
                   std::string_view format) {
    if (front.on_refusal) front.on_refusal(refusal, format, request.request_id);
    return problem(refusal.reason, refusal.record.empty() ? request.request_id : refusal.record);
}

Result<std::string> slug_in_path(const HttpRequest& request, const std::string& name) {
    const auto found = request.path_parameters.find(name);
    if (found == request.path_parameters.end()) return Refusal{Reason::not_found, "path: " + name};
    auto slug = parse_slug(found->second, name);
    if (!slug) return Refusal{Reason::not_found, "path: no such " + name};
    return slug;
}

}  // namespace hallmark
