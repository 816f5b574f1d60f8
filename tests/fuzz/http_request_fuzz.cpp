// fuzz: NEEDS ca/domain server/http
// covers: server/http/admission.cpp server/http/message.cpp server/http/router.cpp
// covers: server/http/target.cpp
// A request's octets as they come off the wire: parsed, admitted or turned away with an answer
// that can be sent.
#include "server/http/admission.h"
#include "server/http/answer_head.h"
#include "server/http/message.h"

#include <cstdlib>

#include <boost/asio/buffer.hpp>

namespace {

using namespace hallmark;

void require(bool holds) {
    if (!holds) std::abort();
}

Route route(std::string method, std::string pattern) {
    return {.method = std::move(method),
            .pattern = std::move(pattern),
            .handler = [](const HttpRequest&) { return HttpAnswer{}; }};
}

const Router& routes() {
    static const Router table = [] {
        std::vector<Route> list{
            route("GET", "/v1/station"),        route("POST", "/v1/issuances"),
            route("GET", "/v1/issuances/{id}"), route("POST", "/v1/issuances/{id}/installation"),
            route("GET", "/crl/{shard}.crl"),   route("GET", "/tile/{path...}"),
            route("POST", "/v1/manifests")};
        list.back().accepts.clear();
        list.back().body_limit = 1024;
        return Router(std::move(list));
    }();
    return table;
}

void send(HttpAnswer answer) {
    HttpAnswer whole = checked_answer(std::move(answer));
    complete_answer(whole, "00000000-0000-4000-8000-000000000000", nullptr);
    require(wire_answer(whole, true).result_int() >= 200);
}

void admit_one(const RequestParser& parser, const std::vector<std::string>& hosts) {
    const DoorLimits limits;
    RequestHead head = head_of(parser);
    const bool has_body = head.has_body();
    Admission admission = admit(std::move(head), {routes(), hosts, limits}, "id");
    if (auto* away = std::get_if<TurnedAway>(&admission)) {
        require(away->answer.status >= 400 && away->answer.status < 600);
        return send(std::move(away->answer));
    }
    const Admitted& admitted = std::get<Admitted>(admission);
    require(admitted.route != nullptr && admitted.request.path.starts_with('/'));
    require(has_body || !admitted.expects_continue);
    for (const auto& [name, value] : admitted.request.path_parameters) {
        require(!name.empty() && !value.empty() &&
                admitted.request.path.find(value) != std::string::npos);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    static const std::vector<std::string> any;
    static const std::vector<std::string> ours{"ca.example"};
    RequestParser parser;
    parser.header_limit(16 * 1024);
    parser.body_limit(4096);
    parser.eager(true);
    boost::system::error_code error;
    const std::size_t taken = parser.put(boost::asio::const_buffer(bytes, size), error);
    if (parser.is_header_done()) {
        admit_one(parser, any);
        admit_one(parser, ours);
    } else if (const int status = error ? status_of_bad_header(error) : 0; status != 0) {
        send(door_problem(status, "id"));
    }
    if (!error && taken < size && !parser.is_done()) parser.put_eof(error);
    if (HttpAnswer answer = answer_to_bad_body(error, "id"); error && answer.status != 0) {
        send(std::move(answer));
    }
    return 0;
}
