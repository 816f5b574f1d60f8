#include "server/http/admission.h"

#include "server/http/target.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

HttpAnswer fine(const HttpRequest&) {
    return {};
}

std::vector<Route> table() {
    return {{.method = "GET", .pattern = "/", .handler = fine},
            {.method = "GET", .pattern = "/v1/issuances/{id}", .handler = fine},
            {.method = "POST", .pattern = "/v1/issuances", .handler = fine, .body_limit = 1000},
            {.method = "POST", .pattern = "/v1/issuances/{id}/void", .handler = fine},
            {.method = "GET", .pattern = "/v1/issuances/latest", .handler = fine},
            {.method = "GET", .pattern = "/crl/{intermediate}/{shard}.crl", .handler = fine},
            {.method = "GET", .pattern = "/log/{log}/tile/{path...}", .handler = fine},
            {.method = "POST",
             .pattern = "/ocsp/{intermediate}",
             .handler = fine,
             .accepts = "application/ocsp-request"}};
}

struct Door {
    Router router{table()};
    std::vector<std::string> hosts{"ca.example:8443"};
    DoorLimits limits{};
    Admission ask(RequestHead head) const {
        return admit(std::move(head), {router, hosts, limits}, "an-id");
    }
};

RequestHead head(std::string method, std::string target) {
    RequestHead made;
    made.method = std::move(method);
    made.target = std::move(target);
    made.headers = {{"host", "CA.example:8443"}};
    return made;
}

RequestHead post(std::string target, std::string type, std::uint64_t length = 2) {
    RequestHead made = head("POST", std::move(target));
    if (!type.empty()) made.headers.emplace_back("content-type", std::move(type));
    made.content_length = length;
    return made;
}

int status_of(const Admission& admission) {
    const auto* away = std::get_if<TurnedAway>(&admission);
    return away == nullptr ? 0 : away->answer.status;
}

TEST(Admission, finds_the_route_and_its_parameters) {
    const Door door;
    const Admission admission = door.ask(head("GET", "/v1/issuances/a%2Fb?full=1"));
    const auto& admitted = std::get<Admitted>(admission);
    EXPECT_EQ(admitted.route->pattern, "/v1/issuances/{id}");
    EXPECT_EQ(admitted.request.path_parameters.at("id"), "a/b");
    EXPECT_EQ(admitted.request.query, "full=1");
    EXPECT_EQ(admitted.request.request_id, "an-id");
}

TEST(Admission, prefers_a_literal_to_a_parameter) {
    const Door door;
    const Admission admission = door.ask(head("GET", "/v1/issuances/latest"));
    EXPECT_EQ(std::get<Admitted>(admission).route->pattern, "/v1/issuances/latest");
}

TEST(Admission, knows_suffixes_and_tails) {
    const Door door;
    const Admission crl = door.ask(head("GET", "/crl/one/3.crl"));
    EXPECT_EQ(std::get<Admitted>(crl).request.path_parameters.at("shard"), "3");
    EXPECT_EQ(status_of(door.ask(head("GET", "/crl/one/3.cer"))), 404);
    EXPECT_EQ(status_of(door.ask(head("GET", "/crl/one/.crl"))), 404);
    const Admission tile = door.ask(head("GET", "/log/a/tile/0/x001/067"));
    EXPECT_EQ(std::get<Admitted>(tile).request.path_parameters.at("path"), "0/x001/067");
}

TEST(Admission, tells_which_methods_a_path_has) {
    const Door door;
    const Admission admission = door.ask(head("DELETE", "/v1/issuances/latest"));
    const auto& away = std::get<TurnedAway>(admission);
    EXPECT_EQ(away.answer.status, 405);
    ASSERT_EQ(away.answer.headers.size(), 1u);
    EXPECT_EQ(away.answer.headers[0].first + ": " + away.answer.headers[0].second,
              "Allow: GET, HEAD");
}

TEST(Admission, answers_404_for_what_is_not_there) {
    const Door door;
    for (const char* target : {"/v1", "/v1/issuances/a/b", "/V1/issuances", "/log/a/tile"}) {
        EXPECT_EQ(status_of(door.ask(head("GET", target))), 404) << target;
    }
}

TEST(Admission, refuses_a_target_with_a_second_meaning) {
    const Door door;
    for (const char* target :
         {"", "*", "v1", "http://ca.example/v1", "//v1", "/v1//issuances", "/v1/", "/v1/../v1",
          "/v1/%2e%2e/x", "/v1/%", "/v1/%4", "/v1/%zz", "/v1/%00", "/v1/\xc3\xa4", "/v1/%c3%a4",
          "/v1#x", "/v1?a b", "/v1?a#b"}) {
        EXPECT_EQ(status_of(door.ask(head("GET", target))), 400) << target;
    }
}

TEST(Admission, refuses_a_target_over_its_limit) {
    const Door door;
    EXPECT_EQ(status_of(door.ask(head("GET", "/" + std::string(door.limits.target_octets, 'a')))),
              414);
}

TEST(Admission, answers_for_its_own_host_alone) {
    const Door door;
    RequestHead other = head("GET", "/");
    other.headers = {{"host", "evil.example"}};
    EXPECT_EQ(status_of(door.ask(other)), 421);
    RequestHead none = head("GET", "/");
    none.headers.clear();
    EXPECT_EQ(status_of(door.ask(none)), 400);
    RequestHead two = head("GET", "/");
    two.headers.emplace_back("host", "ca.example:8443");
    EXPECT_EQ(status_of(door.ask(two)), 400);
    EXPECT_EQ(status_of(door.ask(head("GET", "/"))), 0);
}

TEST(Admission, wants_the_body_in_the_type_of_the_route) {
    const Door door;
    for (const char* type : {"application/json", "Application/JSON",
                             "application/json; charset=utf-8", "application/json;charset=UTF-8"}) {
        EXPECT_EQ(status_of(door.ask(post("/v1/issuances", type))), 0) << type;
    }
    for (const char* type : {"", "text/plain", "application/jsonp",
                             "application/json; charset=latin1", "application/json,text/plain"}) {
        EXPECT_EQ(status_of(door.ask(post("/v1/issuances", type))), 415) << type;
    }
    EXPECT_EQ(status_of(door.ask(post("/ocsp/one", "application/ocsp-request"))), 0);
    RequestHead packed = post("/v1/issuances", "application/json");
    packed.headers.emplace_back("content-encoding", "gzip");
    EXPECT_EQ(status_of(door.ask(packed)), 415);
}

TEST(Admission, bounds_the_body_by_the_route_and_by_the_door) {
    Door door;
    EXPECT_EQ(status_of(door.ask(post("/v1/issuances", "application/json", 1000))), 0);
    EXPECT_EQ(status_of(door.ask(post("/v1/issuances", "application/json", 1001))), 413);
    door.limits.body_octets = 10;
    EXPECT_EQ(status_of(door.ask(post("/v1/issuances", "application/json", 11))), 413);
}

TEST(Admission, knows_one_expectation) {
    const Door door;
    RequestHead waiting = post("/v1/issuances", "application/json");
    waiting.headers.emplace_back("expect", "100-Continue");
    const Admission admission = door.ask(waiting);
    EXPECT_TRUE(std::get<Admitted>(admission).expects_continue);
    waiting.headers.back().second = "miracle";
    EXPECT_EQ(status_of(door.ask(waiting)), 417);
}

TEST(Router, refuses_a_table_that_is_ambiguous_or_malformed) {
    const auto build = [](std::vector<std::string> patterns) {
        std::vector<Route> routes;
        for (std::string& pattern : patterns)
            routes.push_back({.method = "GET", .pattern = std::move(pattern), .handler = fine});
        return Router(std::move(routes));
    };
    EXPECT_THROW(build({"/a/{x}", "/a/{y}"}), std::invalid_argument);
    EXPECT_THROW(build({"/a/{x...}/b"}), std::invalid_argument);
    EXPECT_THROW(build({"a"}), std::invalid_argument);
    EXPECT_NO_THROW(build({"/a/{x}", "/a/b", "/a/{x...}"}));
}

}  // namespace
}  // namespace hallmark
