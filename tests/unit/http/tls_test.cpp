#include "tests/unit/http/open_door.h"
#include "tests/unit/http/raw_peer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hallmark::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view ask_who = "GET /v1/who HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

std::vector<Route> who() {
    return {{.method = "GET", .pattern = "/v1/who", .handler = [](const HttpRequest& request) {
                 return text_answer(to_hex(request.peer->sha256) + " " + to_hex(request.peer->der) +
                                    " " + request.peer->source_address);
             }}};
}

TEST(DoorTls, hands_the_client_certificate_whole_to_the_handler) {
    OpenDoor open(tls_door(who()));
    HttpsClient client = open.client();
    const ClientAnswer answer = client.request("GET", "/v1/who");
    EXPECT_EQ(answer.status, 200);
    const Shown& station = credentials().station;
    EXPECT_EQ(answer.body, to_hex(station.sha256) + " " + to_hex(station.der) + " 127.0.0.1");
}

TEST(DoorTls, does_not_talk_to_a_client_without_certificate) {
    OpenDoor open(tls_door(who()));
    RawTlsPeer peer(open.door().port(), {});
    EXPECT_EQ(peer.ask(ask_who), "");
    // TLS 1.3: the client's handshake is over before the server looks; the alert comes with the
    // first read.
    EXPECT_THAT(ERR_error_string(ERR_get_error(), nullptr), HasSubstr("certificate required"));
    EXPECT_EQ(open.told().drop(), "handshake");
    EXPECT_TRUE(open.told().notes.empty());
}

TEST(DoorTls, refuses_tls_1_2) {
    OpenDoor open(tls_door(who()));
    RawTlsPeer peer(open.door().port(),
                    {.version = TLS1_2_VERSION, .credential = &credentials().station});
    EXPECT_FALSE(peer.connected());
    EXPECT_THAT(ERR_error_string(ERR_get_error(), nullptr), HasSubstr("protocol version"));
}

TEST(DoorTls, offers_no_ticket_and_resumes_nothing) {
    OpenDoor open(tls_door(who()));
    RawTlsPeer peer(open.door().port(), {.credential = &credentials().station});
    ASSERT_TRUE(peer.connected());
    EXPECT_THAT(peer.ask(ask_who), StartsWith("HTTP/1.1 200"));
    EXPECT_EQ(peer.tickets(), 0);
    EXPECT_EQ(SSL_SESSION_is_resumable(SSL_get0_session(peer.connection())), 0);
}

TEST(DoorTls, speaks_http_1_1_and_refuses_a_client_that_came_for_something_else) {
    OpenDoor open(tls_door(who()));
    RawTlsPeer right(open.door().port(),
                     {.credential = &credentials().station, .protocol = "http/1.1"});
    EXPECT_TRUE(right.connected());
    RawTlsPeer wrong(open.door().port(),
                     {.credential = &credentials().station, .protocol = "smtp"});
    EXPECT_FALSE(wrong.connected());
}

TEST(DoorTls, bounds_what_a_client_may_show) {
    const Shown big =
        make_credential(credentials().folder.path(), {.name = "big", .padding = 8000});
    DoorOptions options = tls_door(who());
    options.limits.client_certificate_octets = 4096;
    OpenDoor open(std::move(options));
    RawTlsPeer peer(open.door().port(), {.credential = &big});
    EXPECT_EQ(peer.ask(ask_who), "");
    EXPECT_EQ(open.told().drop(), "handshake");
}

TEST(DoorTls, shows_a_renewed_certificate_after_a_reload_and_keeps_the_old_when_the_new_is_bad) {
    const TempDir folder;
    const auto certificate = folder.path() / "door.pem";
    const auto key = folder.path() / "door.key";
    const auto put = [&](const Shown& from) {
        const auto over = std::filesystem::copy_options::overwrite_existing;
        std::filesystem::copy_file(from.certificate_file, certificate, over);
        std::filesystem::copy_file(from.key_file, key, over);
    };
    put(credentials().server);
    DoorOptions options = tls_door(who());
    options.tls = TlsOptions{certificate.string(), key.string()};
    OpenDoor open(std::move(options));
    const Shown renewed = make_credential(credentials().folder.path(), {.name = "renewed"});
    put(renewed);
    open.door().reload_tls();
    EXPECT_THROW((void)open.client().request("GET", "/v1/who"), ClientFault);
    ClientOptions trusting = open.client_options();
    trusting.ca_file = renewed.certificate_file;
    EXPECT_EQ(HttpsClient(trusting).request("GET", "/v1/who").status, 200);
    std::filesystem::copy_file(credentials().station.key_file, key,
                               std::filesystem::copy_options::overwrite_existing);
    EXPECT_THROW(open.door().reload_tls(), Fault);
    EXPECT_EQ(HttpsClient(trusting).request("GET", "/v1/who").status, 200);
}

TEST(DoorTls, needs_a_certificate_and_a_key_that_belong_together) {
    DoorOptions options = tls_door(who());
    options.tls->key_file = credentials().other.key_file;
    HttpServer server({});
    EXPECT_THROW(server.open(std::move(options)), Fault);
}

TEST(Client, refuses_a_server_of_another_ca) {
    OpenDoor open(tls_door(who()));
    ClientOptions options = open.client_options();
    options.ca_file = credentials().other.certificate_file;
    EXPECT_THROW((void)HttpsClient(options).request("GET", "/v1/who"), ClientFault);
}

TEST(Client, refuses_a_server_of_another_name_or_address) {
    DoorOptions options = tls_door(who());
    options.tls = TlsOptions{credentials().other.certificate_file, credentials().other.key_file};
    OpenDoor open(std::move(options));
    ClientOptions by_address = open.client_options();
    by_address.ca_file = credentials().other.certificate_file;
    EXPECT_THROW((void)HttpsClient(by_address).request("GET", "/v1/who"), ClientFault);
    ClientOptions by_name = by_address;
    by_name.url = open.url("localhost");
    EXPECT_THROW((void)HttpsClient(by_name).request("GET", "/v1/who"), ClientFault);
}

TEST(Client, knows_a_server_by_its_name) {
    OpenDoor open(tls_door(who()));
    ClientOptions options = open.client_options();
    options.url = open.url("localhost");
    EXPECT_EQ(HttpsClient(options).request("GET", "/v1/who").status, 200);
}

TEST(Client, speaks_https_alone) {
    ClientOptions options;
    options.ca_file = credentials().server.certificate_file;
    for (const char* url : {"http://127.0.0.1:1", "https://u:p@127.0.0.1", "https://127.0.0.1/path",
                            "127.0.0.1:1", ""}) {
        options.url = url;
        EXPECT_THROW(HttpsClient{options}, ClientFault) << url;
    }
}

TEST(Client, gives_up_a_server_that_does_not_answer_in_time) {
    Turnstile turnstile;
    OpenDoor open(
        tls_door({{.method = "GET", .pattern = "/slow", .handler = [&](const HttpRequest&) {
                       turnstile.enter();
                       return text_answer("late");
                   }}}));
    ClientOptions options = open.client_options();
    options.timeout = std::chrono::milliseconds(300);
    HttpsClient client(options);
    try {
        (void)client.request("GET", "/slow");
        ADD_FAILURE() << "an answer came";
    } catch (const ClientFault& fault) {
        EXPECT_THAT(fault.what(), HasSubstr("too slow"));
    }
    turnstile.release();
}

TEST(Client, takes_no_answer_over_its_limit) {
    OpenDoor open(
        tls_door({{.method = "GET", .pattern = "/much", .handler = [](const HttpRequest&) {
                       return text_answer(std::string(5000, 'x'));
                   }}}));
    ClientOptions options = open.client_options();
    options.answer_limit = 4096;
    EXPECT_THROW((void)HttpsClient(options).request("GET", "/much"), ClientFault);
}

}  // namespace
}  // namespace hallmark::testing
