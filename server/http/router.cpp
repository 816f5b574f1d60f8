#include "server/http/router.h"

#include <algorithm>
#include <stdexcept>

namespace hallmark {
namespace {

bool is_parameter(std::string_view segment) {
    return segment.starts_with('{') && segment.find('}', 2) != std::string_view::npos;
}

bool is_tail(std::string_view segment) {
    return is_parameter(segment) && segment.ends_with("...}");
}

std::string name_of_parameter(std::string_view segment) {
    return std::string(segment.substr(1, segment.find_first_of(".}") - 1));
}

/// What stands behind the parameter: ".crl" of "{shard}.crl".
std::string_view suffix_of(std::string_view segment) {
    return segment.substr(segment.find('}') + 1);
}

/// Most literal first: at each place a literal sorts before a parameter, and that before a tail.
int rank(std::string_view segment) {
    if (!is_parameter(segment)) return 0;
    if (is_tail(segment)) return 3;
    return suffix_of(segment).empty() ? 2 : 1;
}

bool is_more_literal(const std::vector<std::string>& left, const std::vector<std::string>& right) {
    return std::lexicographical_compare(
        left.begin(), left.end(), right.begin(), right.end(),
        [](const std::string& a, const std::string& b) { return rank(a) < rank(b); });
}

/// The pattern with its parameters nameless: two routes with the same one mean the same requests.
std::string shape_of(const Route& route, const std::vector<std::string>& segments) {
    std::string shape = route.method;
    for (const std::string& segment : segments) {
        if (is_tail(segment)) {
            shape += "/{...}";
        } else if (is_parameter(segment)) {
            shape += "/{}" + std::string(suffix_of(segment));
        } else {
            shape += "/" + segment;
        }
    }
    return shape;
}

bool matches(const std::vector<std::string>& pattern, const Target& target,
             std::map<std::string, std::string>& parameters) {
    parameters.clear();
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (i >= target.segments.size()) return false;
        if (is_tail(pattern[i])) {
            std::string rest = target.segments[i];
            for (std::size_t j = i + 1; j < target.segments.size(); ++j)
                rest += "/" + target.segments[j];
            parameters[name_of_parameter(pattern[i])] = std::move(rest);
            return true;
        }
        if (is_parameter(pattern[i])) {
            const std::string_view segment = target.segments[i];
            const std::string_view suffix = suffix_of(pattern[i]);
            if (!segment.ends_with(suffix) || segment.size() == suffix.size()) return false;
            parameters[name_of_parameter(pattern[i])] =
                segment.substr(0, segment.size() - suffix.size());
        } else if (pattern[i] != target.segments[i]) {
            return false;
        }
    }
    return pattern.size() == target.segments.size();
}

std::vector<std::string> segments_of(const std::string& pattern) {
    auto target = parse_target(pattern);
    if (!target || !target->query.empty())
        throw std::invalid_argument("bad route pattern: " + pattern);
    for (std::size_t i = 0; i + 1 < target->segments.size(); ++i) {
        if (is_tail(target->segments[i]))
            throw std::invalid_argument("a tail must be last: " + pattern);
    }
    return std::move(target->segments);
}

}  // namespace

Router::Router(std::vector<Route> routes) {
    std::vector<std::string> shapes;
    for (Route& route : routes) {
        std::vector<std::string> segments = segments_of(route.pattern);
        shapes.push_back(shape_of(route, segments));
        if (std::count(shapes.begin(), shapes.end(), shapes.back()) > 1) {
            throw std::invalid_argument("two routes for " + route.method + " " + route.pattern);
        }
        entries_.push_back({std::move(route), std::move(segments)});
    }
    std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& left, const Entry& right) {
        return is_more_literal(left.segments, right.segments);
    });
}

Router::Match Router::find(std::string_view method, const Target& target) const {
    Match match;
    std::vector<std::string> allowed;
    const Entry* stand_in = nullptr;
    std::map<std::string, std::string> parameters;
    std::map<std::string, std::string> stand_in_parameters;
    for (const Entry& entry : entries_) {
        if (!matches(entry.segments, target, parameters)) continue;
        if (entry.route.method == method) return {&entry.route, std::move(parameters), {}};
        if (method == "HEAD" && entry.route.method == "GET" && stand_in == nullptr) {
            stand_in = &entry;
            stand_in_parameters = parameters;
        }
        allowed.push_back(entry.route.method);
        if (entry.route.method == "GET") allowed.emplace_back("HEAD");
    }
    if (stand_in != nullptr) return {&stand_in->route, std::move(stand_in_parameters), {}};
    std::sort(allowed.begin(), allowed.end());
    allowed.erase(std::unique(allowed.begin(), allowed.end()), allowed.end());
    for (const std::string& name : allowed)
        match.allow += (match.allow.empty() ? "" : ", ") + name;
    return match;
}

}  // namespace hallmark
