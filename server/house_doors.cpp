#include "server/house_doors.h"

#include "server/ops/log.h"

namespace hallmark {
namespace {

/// Every line that is logged while a handler runs bears its request's id.
std::vector<Route> in_scope_of_request(std::vector<Route> routes) {
    for (Route& route : routes) {
        route.handler = [handler = std::move(route.handler)](const HttpRequest& request) {
            const RequestScope scope(request.request_id);
            return handler(request);
        };
    }
    return routes;
}

}  // namespace

DoorOptions door_options(std::string name, const DoorConfig& config, std::vector<Route> routes) {
    DoorOptions options{.name = std::move(name),
                        .address = config.address,
                        .port = config.port,
                        .hosts = config.hosts,
                        .routes = in_scope_of_request(std::move(routes))};
    options.limits.connections = config.connections;
    if (!config.certificate.empty()) {
        options.tls = TlsOptions{.certificate_file = config.certificate, .key_file = config.key};
        options.client_certificate = true;
    }
    return options;
}

std::vector<Route> joined(std::initializer_list<std::vector<Route>> lists) {
    std::vector<Route> routes;
    for (const auto& list : lists)
        routes.insert(routes.end(), list.begin(), list.end());
    return routes;
}

}  // namespace hallmark
