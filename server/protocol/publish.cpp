#include "server/protocol/publish.h"

#include <algorithm>

namespace hallmark {
namespace {

/// "line-1.cer" -> "line-1"; nullopt for another ending.
std::optional<std::string> without_ending(const HttpRequest& request, const std::string& name,
                                          std::string_view ending) {
    const auto found = request.path_parameters.find(name);
    if (found == request.path_parameters.end() || !found->second.ends_with(ending))
        return std::nullopt;
    return found->second.substr(0, found->second.size() - ending.size());
}

HttpAnswer not_found(const PublicDoor& door, const HttpRequest& request) {
    return refused(door.front, request, {Reason::not_found, "public: no such thing"});
}

HttpAnswer get_crl(const PublicDoor& door, const HttpRequest& request) {
    const auto intermediate = slug_in_path(request, "intermediate");
    const auto shard = without_ending(request, "shard", ".crl");
    // One full list per intermediate: shard 0.
    if (!intermediate || shard != "0") return not_found(door, request);
    const auto list = door.publisher.latest(IntermediateId(*intermediate));
    if (!list) return not_found(door, request);
    const auto left =
        std::chrono::floor<std::chrono::seconds>(list->next_update - door.front.clock.now());
    const auto age = std::clamp<std::int64_t>(left.count(), 0, 60);
    return HttpAnswer{.status = 200,
                      .content_type = "application/pkix-crl",
                      .body = std::string(as_text(list->der)),
                      .headers = {{"Cache-Control", "public, max-age=" + std::to_string(age)}}};
}

HttpAnswer get_certificate(const PublicDoor& door, const HttpRequest& request) {
    const auto wanted = without_ending(request, "intermediate", ".cer");
    if (!wanted) return not_found(door, request);
    for (const Intermediate& intermediate : door.front.registry.intermediates()) {
        if (intermediate.id.get() != *wanted) continue;
        return HttpAnswer{.status = 200,
                          .content_type = "application/pkix-cert",
                          .body = std::string(as_text(intermediate.certificate)),
                          .headers = {{"Cache-Control", "public, max-age=3600"}}};
    }
    return not_found(door, request);
}

HttpAnswer get_result_keys(const PublicDoor& door, const HttpRequest&) {
    return HttpAnswer{.status = 200,
                      .content_type = "application/jwk-set+json",  // RFC 7517 8.5.2
                      .body = door.results.keys(),
                      .headers = {{"Cache-Control", "public, max-age=300"}}};
}

}  // namespace

std::vector<Route> public_routes(const PublicDoor& door) {
    const auto to =
        [&door](HttpAnswer (*handler)(const PublicDoor&, const HttpRequest&)) -> Handler {
        return [&door, handler](const HttpRequest& request) { return handler(door, request); };
    };
    return {
        {.method = "GET", .pattern = "/crl/{intermediate}/{shard}", .handler = to(get_crl)},
        {.method = "GET",
         .pattern = "/certificates/{intermediate}",
         .handler = to(get_certificate)},
        {.method = "GET", .pattern = "/v1/results/keys", .handler = to(get_result_keys)},
    };
}

}  // namespace hallmark
