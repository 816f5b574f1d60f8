#include "ca/domain/fault.h"
#include "tests/unit/http/open_door.h"
#include "tests/unit/http/raw_peer.h"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hallmark::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<Route> echo() {
    return {{.method = "GET",
             .pattern = "/v1/things/{id}",
             .handler =
                 [](const HttpRequest& request) {
                     return text_answer(request.path_parameters.at("id") + "?" + request.query);
                 }},
            {.method = "POST",
             .pattern = "/v1/things",
             .handler = [](const HttpRequest& request) { return text_answer(request.body); },
             .body_limit = 100}};
}

std::string get(std::string_view target, std::string_view more = "") {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" +
           std::string(more) + "\r\n";
}

std::string ask(OpenDoor& open, const std::string& text) {
    const RawPeer peer(open.door().port());
    peer.say(text);
    return peer.hear_all();
}

TEST(Session, answers_two_requests_on_one_connection) {
    OpenDoor open(tls_door(echo()));
    HttpsClient client = open.client();
    EXPECT_EQ(client.request("GET", "/v1/things/a%20b?x=1").body, "a b?x=1");
    EXPECT_EQ(client.request("POST", "/v1/things", "{}").body, "{}");
    EXPECT_EQ(open.door().connections(), 1u);
    const Told::Note note = open.told().note(2);
    EXPECT_EQ(note.method + " " + note.route, "POST /v1/things");
    EXPECT_EQ(note.status, 200);
}

TEST(Session, hardens_every_answer_and_names_no_server) {
    OpenDoor open(plain_door(echo()));
    const std::string heard = ask(open, get("/v1/things/a"));
    EXPECT_THAT(heard,
                AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("Cache-Control: no-store\r\n"),
                      HasSubstr("X-Content-Type-Options: nosniff\r\n"), Not(HasSubstr("Server:"))));
}

TEST(Session, turns_a_big_body_away_before_it_is_read) {
    OpenDoor open(plain_door(echo()));
    const RawPeer peer(open.door().port());
    peer.say(
        "POST /v1/things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: "
        "101\r\n\r\n");
    const std::string heard = peer.hear_until("}");
    EXPECT_THAT(heard, AllOf(StartsWith("HTTP/1.1 413"), HasSubstr("Connection: close"),
                             HasSubstr("/problems/too-large")));
}

TEST(Session, counts_a_chunked_body_while_it_comes) {
    OpenDoor open(plain_door(echo()));
    const std::string head =
        "POST /v1/things HTTP/1.1\r\nHost: a\r\nContent-Type: "
        "application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    const std::string chunk = "3c\r\n" + std::string(60, 'x') + "\r\n";
    const RawPeer peer(open.door().port());
    peer.say(head + chunk + chunk);
    EXPECT_THAT(peer.hear_until("}"), StartsWith("HTTP/1.1 413"));
    const RawPeer modest(open.door().port());
    modest.say(head + chunk + "0\r\n\r\n");
    EXPECT_THAT(modest.hear_until("xxx"), StartsWith("HTTP/1.1 200"));
}

TEST(Session, asks_for_the_body_that_the_client_holds_back) {
    OpenDoor open(plain_door(echo()));
    const RawPeer peer(open.door().port());
    peer.say(
        "POST /v1/things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: "
        "2\r\n"
        "Expect: 100-continue\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(peer.hear_until("\r\n\r\n"), StartsWith("HTTP/1.1 100"));
    peer.say("{}");
    EXPECT_THAT(peer.hear_all(), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("{}")));
}

TEST(Session, lets_a_gate_refuse_before_the_body_is_read) {
    Route route{.method = "POST", .pattern = "/v1/manifests", .handler = [](const HttpRequest&) {
                    return text_answer("taken");
                }};
    route.before_body = [](const HttpRequest& request) -> std::optional<HttpAnswer> {
        if (request.header("x-pass") == "yes") return std::nullopt;
        return problem(Reason::forbidden, request.request_id);
    };
    OpenDoor open(plain_door({route}));
    const std::string head =
        "POST /v1/manifests HTTP/1.1\r\nHost: a\r\nContent-Type: "
        "application/json\r\nContent-Length: 2\r\n";
    const RawPeer refused(open.door().port());
    refused.say(head + "\r\n");
    EXPECT_THAT(refused.hear_until("}"), StartsWith("HTTP/1.1 403"));
    const RawPeer taken(open.door().port());
    taken.say(head + "X-Pass: yes\r\n\r\n{}");
    EXPECT_THAT(taken.hear_until("taken"), StartsWith("HTTP/1.1 200"));
}

TEST(Session, gives_up_a_header_that_comes_too_slowly) {
    DoorOptions options = plain_door(echo());
    options.timeouts.header = std::chrono::milliseconds(100);
    OpenDoor open(std::move(options));
    const RawPeer peer(open.door().port());
    peer.say("GET /v1/thi");
    EXPECT_EQ(peer.hear_all(), "");
    EXPECT_EQ(open.told().drop(), "timeout");
}

TEST(Session, closes_a_connection_that_asks_nothing) {
    DoorOptions options = plain_door(echo());
    options.timeouts.idle = std::chrono::milliseconds(100);
    OpenDoor open(std::move(options));
    const RawPeer peer(open.door().port());
    EXPECT_EQ(peer.hear_all(), "");
}

TEST(Session, gives_up_a_body_that_comes_too_slowly) {
    DoorOptions options = plain_door(echo());
    options.timeouts.body = std::chrono::milliseconds(100);
    OpenDoor open(std::move(options));
    const RawPeer peer(open.door().port());
    peer.say(
        "POST /v1/things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: "
        "9\r\n\r\n{");
    EXPECT_EQ(peer.hear_all(), "");
}

TEST(Session, refuses_a_header_over_its_limit) {
    OpenDoor open(plain_door(echo()));
    EXPECT_THAT(ask(open, get("/v1/things/a", "X-Much: " + std::string(20'000, 'x') + "\r\n")),
                StartsWith("HTTP/1.1 431"));
}

TEST(Session, refuses_what_is_not_http) {
    OpenDoor open(plain_door(echo()));
    EXPECT_THAT(ask(open, "\x16\x03\x01 hello\r\n\r\n"), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(ask(open,
                    "POST /v1/things HTTP/1.1\r\nHost: a\r\nContent-Length: "
                    "2\r\nTransfer-Encoding: chunked\r\n\r\n{}"),
                StartsWith("HTTP/1.1 400"));
}

TEST(Session, answers_head_without_a_body) {
    OpenDoor open(plain_door(echo()));
    const std::string heard =
        ask(open, "HEAD /v1/things/abc HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(heard, AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("Content-Length: 4\r\n")));
    EXPECT_TRUE(heard.ends_with("\r\n\r\n"));
}

struct FaultCase {
    const char* name;
    std::function<HttpAnswer()> act;
    int status;
    const char* type;
};
class FaultAtTheDoor : public ::testing::TestWithParam<FaultCase> {};

TEST_P(FaultAtTheDoor, becomes_an_opaque_problem_whose_instance_is_in_the_log) {
    OpenDoor open(tls_door({{.method = "GET", .pattern = "/x", .handler = [](const HttpRequest&) {
                                 return GetParam().act();
                             }}}));
    HttpsClient client = open.client();
    const ClientAnswer answer = client.request("GET", "/x");
    EXPECT_EQ(answer.status, GetParam().status);
    EXPECT_EQ(answer.header("content-type"), "application/problem+json");
    EXPECT_THAT(answer.body, AllOf(HasSubstr(GetParam().type), Not(HasSubstr("pin=1234"))));
    ASSERT_EQ(open.told().faults.size(), 1u);
    EXPECT_THAT(answer.body, HasSubstr("urn:uuid:" + open.told().faults[0].request_id));
    EXPECT_EQ(answer.header("x-request-id"), open.told().faults[0].request_id);
    EXPECT_FALSE(open.told().faults[0].what.empty());
    if (GetParam().status == 503) {
        EXPECT_EQ(answer.header("retry-after"), "1");
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, FaultAtTheDoor,
    ::testing::Values(FaultCase{"fault", []() -> HttpAnswer { throw Fault("pin=1234"); }, 500,
                                "/problems/internal-error"},
                      FaultCase{"passing", []() -> HttpAnswer { throw PassingFault("pin=1234"); },
                                503, "/problems/unavailable"},
                      FaultCase{"standard", []() -> HttpAnswer { throw std::bad_alloc(); }, 500,
                                "/problems/internal-error"},
                      FaultCase{"foreign", []() -> HttpAnswer { throw 7; }, 500,
                                "/problems/internal-error"},
                      FaultCase{"split",
                                [] {
                                    HttpAnswer answer;
                                    answer.headers.emplace_back("X-A", "a\r\nSet-Cookie: pin=1234");
                                    return answer;
                                },
                                500, "/problems/internal-error"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Session, answers_503_at_once_when_every_seat_is_taken) {
    Turnstile turnstile;
    OpenDoor open(tls_door({{.method = "GET",
                             .pattern = "/slow",
                             .handler =
                                 [&](const HttpRequest&) {
                                     turnstile.enter();
                                     return text_answer("done");
                                 }},
                            {.method = "GET",
                             .pattern = "/quick",
                             .handler = [](const HttpRequest&) { return text_answer("here"); },
                             .seat = Seat::inline_}}),
                  1);
    std::string first;
    std::thread waiting([&] { first = open.client().request("GET", "/slow").body; });
    turnstile.wait_for(1);
    HttpsClient client = open.client();
    const ClientAnswer refused = client.request("GET", "/slow");
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.header("retry-after"), "1");
    EXPECT_THAT(refused.body, HasSubstr("/problems/overloaded"));
    EXPECT_EQ(client.request("GET", "/quick").body, "here");
    turnstile.release();
    waiting.join();
    EXPECT_EQ(first, "done");
    EXPECT_EQ(client.request("GET", "/slow").status, 200);
}

TEST(Session, takes_no_more_connections_than_the_door_may_have) {
    DoorOptions options = plain_door(echo());
    options.limits.connections = 1;
    OpenDoor open(std::move(options));
    const RawPeer first(open.door().port());
    first.say("GET /v1/things/a HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_THAT(first.hear_until("a?"), StartsWith("HTTP/1.1 200"));
    const RawPeer second(open.door().port());
    EXPECT_EQ(second.hear_all(), "");
    EXPECT_EQ(open.told().drop(), "full");
}

}  // namespace
}  // namespace hallmark::testing
