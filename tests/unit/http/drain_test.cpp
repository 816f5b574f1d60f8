#include "tests/unit/http/open_door.h"
#include "tests/unit/http/raw_peer.h"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hallmark::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::vector<Route> things() {
    return {
        {.method = "GET", .pattern = "/v1/things/{id}", .handler = [](const HttpRequest& request) {
             return text_answer(request.path_parameters.at("id") + "?");
         }}};
}

TEST(Drain, answers_what_is_in_flight_and_closes_who_asks_nothing) {
    Turnstile turnstile;
    OpenDoor open(
        tls_door({{.method = "GET", .pattern = "/slow", .handler = [&](const HttpRequest&) {
                       turnstile.enter();
                       return text_answer("done");
                   }}}));
    HttpsClient idle = open.client();
    EXPECT_EQ(idle.request("GET", "/none").status, 404);
    ClientAnswer answer;
    std::thread waiting([&] { answer = open.client().request("GET", "/slow"); });
    turnstile.wait_for(1);
    open.door().begin_drain();
    EXPECT_THROW((void)idle.request("GET", "/none"), ClientFault);
    bool answered = false;
    std::thread draining([&] { answered = open.server().drain(std::chrono::seconds(10)); });
    turnstile.release();
    waiting.join();
    draining.join();
    EXPECT_TRUE(answered);
    EXPECT_EQ(answer.body, "done");
    EXPECT_EQ(answer.header("connection"), "close");
    EXPECT_THROW((void)open.client().request("GET", "/slow"), ClientFault);
}

TEST(Drain, refuses_a_request_that_comes_in_on_an_open_connection) {
    OpenDoor open(plain_door(things()));
    const RawPeer peer(open.door().port());
    peer.say(
        "GET /v1/things/a HTTP/1.1\r\nHost: a\r\n\r\nGET /v1/things/b HTTP/1.1\r\nHost: a\r\n");
    EXPECT_THAT(peer.hear_until("a?"), StartsWith("HTTP/1.1 200"));
    // The second header lies half read in the door's buffer: the connection is not idle.
    open.door().begin_drain();
    peer.say("\r\n");
    EXPECT_THAT(peer.hear_all(), AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("Connection: close"),
                                       HasSubstr("Retry-After: 1")));
    EXPECT_TRUE(open.server().drain(std::chrono::seconds(10)));
}

TEST(Drain, ends_within_its_bound_whatever_the_clients_do) {
    OpenDoor open(plain_door(things()));
    const RawPeer peer(open.door().port());
    peer.say("GET /v1/things/a HTTP/1.1\r\nHost: a\r\n\r\nGET /half");
    EXPECT_THAT(peer.hear_until("a?"), StartsWith("HTTP/1.1 200"));
    EXPECT_FALSE(open.server().drain(std::chrono::milliseconds(100)));
    EXPECT_EQ(open.door().connections(), 0u);
}

}  // namespace
}  // namespace hallmark::testing
