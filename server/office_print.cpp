#include "server/office_print.h"

#include "ca/json/json.h"
#include "ca/registry/difference.h"

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

/// A server may not move the cursor of whoever approves.
void print_proposal(const json::object& proposal, std::ostream& out) {
    const auto text = [&](std::string_view name) {
        const json::value* found = proposal.if_contains(name);
        return found == nullptr ? std::string() : plain_text(plain(*found));
    };
    out << "proposal " << text("id") << "  " << text("kind") << "  " << text("state") << "\n"
        << "proposed by " << text("proposer") << ", expires " << text("expires_at") << "\n";
    if (!text("decided_by").empty())
        out << "decided by " << text("decided_by") << ", " << text("decided_at") << "\n";
    if (!text("break_glass").empty())
        out << "without a second person, under break-glass " << text("break_glass") << "\n";
    if (!text("why").empty()) out << "why: " << text("why") << "\n";
    for (const json::value& line : proposal.at("diff").as_array())
        out << "  " << plain_text(plain(line)) << "\n";
    out << "sha256 " << text("sha256") << "\n";
    if (text("state") == "open")
        out << "another operator approves it: hallmark proposal approve " << text("id")
            << " --sha256 " << text("sha256") << "\n";
}

bool is_proposal(const json::object& object) {
    const json::value* diff = object.if_contains("diff");
    return diff != nullptr && diff->is_array() && object.contains("sha256");
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
    if (is_proposal(object)) {
        print_proposal(object, out);
        return;
    }
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
