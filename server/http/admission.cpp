#include "server/http/admission.h"

#include <algorithm>

namespace hallmark {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_without_case(std::string_view left, std::string_view right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](char a, char b) { return lower(a) == lower(b); });
}

std::size_t count_of(const RequestHead& head, std::string_view name) {
    return static_cast<std::size_t>(
        std::count_if(head.headers.begin(), head.headers.end(),
                      [&](const auto& field) { return field.first == name; }));
}

std::string_view value_of(const RequestHead& head, std::string_view name) {
    for (const auto& [field, value] : head.headers) {
        if (field == name) return value;
    }
    return {};
}

/// RFC 9110 8.3.1: type/subtype, parameters behind ';'. The only parameter that changes nothing is
/// charset=utf-8.
bool is_media_type(std::string_view value, std::string_view wanted) {
    const std::size_t mark = value.find(';');
    std::string_view type = value.substr(0, mark);
    while (!type.empty() && (type.back() == ' ' || type.back() == '\t'))
        type.remove_suffix(1);
    if (!equal_without_case(type, wanted)) return false;
    if (mark == std::string_view::npos) return true;
    std::string_view parameter = value.substr(mark + 1);
    while (!parameter.empty() && (parameter.front() == ' ' || parameter.front() == '\t'))
        parameter.remove_prefix(1);
    return equal_without_case(parameter, "charset=utf-8") ||
           equal_without_case(parameter, "charset=\"utf-8\"");
}

/// 0, or the status of what is wrong with the header as such.
int fault_of_head(const RequestHead& head, const DoorRules& rules) {
    if (head.version != 10 && head.version != 11) return 505;
    if (head.target.size() > rules.limits.target_octets) return 414;
    // RFC 9112 3.2: exactly one Host with HTTP/1.1. What two hosts mean depends on who reads them.
    const std::size_t hosts = count_of(head, "host");
    if (hosts > 1 || (hosts == 0 && head.version == 11)) return 400;
    const std::string_view host = value_of(head, "host");
    const bool ours = rules.hosts.empty() || std::any_of(rules.hosts.begin(), rules.hosts.end(),
                                                         [&](const std::string& name) {
                                                             return equal_without_case(name, host);
                                                         });
    return ours ? 0 : 421;
}

int fault_of_body(const RequestHead& head, const Route& route) {
    if (!head.has_body()) return 0;
    if (count_of(head, "content-type") > 1) return 400;
    if (!route.accepts.empty() && !is_media_type(value_of(head, "content-type"), route.accepts))
        return 415;
    const std::string_view encoding = value_of(head, "content-encoding");
    return encoding.empty() || equal_without_case(encoding, "identity") ? 0 : 415;
}

TurnedAway turn_away(int status, const std::string& request_id, const Route* route = nullptr) {
    return {door_problem(status, request_id), route == nullptr ? "none" : route->pattern};
}

}  // namespace

Admission admit(RequestHead head, const DoorRules& rules, const std::string& request_id) {
    if (const int status = fault_of_head(head, rules)) return turn_away(status, request_id);
    auto target = parse_target(head.target);
    if (!target) return TurnedAway{problem(target.error().reason, request_id)};
    Router::Match match = rules.router.find(head.method, *target);
    if (match.route == nullptr) {
        if (match.allow.empty()) return TurnedAway{problem(Reason::not_found, request_id)};
        TurnedAway away = turn_away(405, request_id);
        away.answer.headers.emplace_back("Allow", match.allow);
        return away;
    }
    const Route& route = *match.route;
    Admitted admitted;
    if (const std::string_view expect = value_of(head, "expect"); !expect.empty()) {
        if (!equal_without_case(expect, "100-continue")) return turn_away(417, request_id, &route);
        // RFC 9110 10.1.1: a 100-continue expectation in an HTTP/1.0 request is ignored.
        admitted.expects_continue = head.version == 11 && head.has_body();
    }
    if (const int status = fault_of_body(head, route)) return turn_away(status, request_id, &route);
    // What goes to a file does not fill the memory that the door's own limit guards.
    admitted.body_limit = route.spool != nullptr
                              ? route.body_limit
                              : std::min(route.body_limit, rules.limits.body_octets);
    if (head.content_length.value_or(0) > admitted.body_limit) {
        return TurnedAway{problem(Reason::too_large, request_id), route.pattern};
    }
    admitted.route = &route;
    admitted.request.method = std::move(head.method);
    admitted.request.path = std::move(target->path);
    admitted.request.query = std::move(target->query);
    admitted.request.headers = std::move(head.headers);
    admitted.request.path_parameters = std::move(match.parameters);
    admitted.request.request_id = request_id;
    return admitted;
}

}  // namespace hallmark
