#include "server/office_print.h"

#include "ca/json/json.h"

#include <ostream>

#include <boost/json.hpp>

namespace hallmark {
namespace {

namespace json = boost::json;

std::string plain(const json::value& value) {
    if (value.is_string()) return std::string(value.as_string());
    return json::serialize(value);
}

bool is_event(const json::object& object) {
    return object.contains("digest") && object.contains("facts");
}

void print_event(const json::object& event, std::ostream& out) {
    out << plain(event.at("time")) << "  " << plain(event.at("type")) << "  "
        << plain(event.at("subject")) << "  by " << plain(event.at("actor"));
    if (event.at("facts").is_object()) {
        for (const auto& [name, value] : event.at("facts").as_object()) {
            out << "\n    " << name << ": " << plain(value);
        }
    }
    out << "\n";
}

void print_object(const json::object& object, std::ostream& out);

void print_list(const json::array& list, std::ostream& out) {
    for (const json::value& item : list) {
        if (!item.is_object()) {
            out << "  " << plain(item) << "\n";
        } else if (is_event(item.as_object())) {
            print_event(item.as_object(), out);
        } else {
            print_object(item.as_object(), out);
            out << "\n";
        }
    }
}

void print_object(const json::object& object, std::ostream& out) {
    for (const auto& [name, value] : object) {
        if (value.is_array()) {
            const json::array& list = value.as_array();
            const bool short_list = list.empty() || !list.front().is_object();
            out << name << ":" << (list.empty() ? " none" : "") << "\n";
            print_list(list, out);
            if (!short_list) continue;
        } else {
            out << name << ": " << plain(value) << "\n";
        }
    }
}

}  // namespace

void print_answer(std::string_view body, std::ostream& out) {
    const auto value =
        parse_json(body, {.octets = 64u * 1024 * 1024, .depth = 32, .members = 10'000'000});
    if (!value || !value->is_object()) {
        out << body;
        return;
    }
    const json::object& object = value->as_object();
    // An answer that is only a list needs no heading.
    if (object.size() == 1 && object.begin()->value().is_array()) {
        const json::array& list = object.begin()->value().as_array();
        if (list.empty()) out << "no " << object.begin()->key() << "\n";
        print_list(list, out);
    } else {
        print_object(object, out);
    }
}

void print_problem(int status, std::string_view body, std::ostream& err) {
    const auto value = parse_json(body);
    if (!value || !value->is_object()) {
        err << "hallmark: the server answered " << status << "\n";
        return;
    }
    const json::object& problem = value->as_object();
    const auto text = [&](std::string_view name) {
        const json::value* found = problem.if_contains(name);
        return found == nullptr ? std::string("?") : plain(*found);
    };
    err << "hallmark: " << text("title") << " (" << status << ", " << text("type") << ")\n  "
        << text("detail") << "\n  the record has the cause under " << text("instance") << "\n";
}

}  // namespace hallmark
