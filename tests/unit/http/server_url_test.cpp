#include "server/client/tls_client.h"

#include <gtest/gtest.h>

namespace hallmark {
namespace {

TEST(ServerUrl, names_host_and_port_and_says_which_host_is_an_address) {
    const ServerName name = parse_server_url("https://ca.example/");
    EXPECT_EQ(name.host, "ca.example");
    EXPECT_EQ(name.port, "443");
    EXPECT_EQ(name.authority(), "ca.example");
    EXPECT_FALSE(name.is_address);
    const ServerName four = parse_server_url("https://127.0.0.1:8443");
    EXPECT_TRUE(four.is_address);
    EXPECT_EQ(four.authority(), "127.0.0.1:8443");
    const ServerName six = parse_server_url("https://[::1]:8443");
    EXPECT_EQ(six.host, "::1");
    EXPECT_TRUE(six.is_address);
    EXPECT_EQ(six.authority(), "[::1]:8443");
}

TEST(ServerUrl, refuses_whatever_is_more_or_less_than_an_https_host_and_port) {
    for (const char* url :
         {"", "ca.example", "http://ca.example", "https://", "https://user@ca.example",
          "https://ca.example/v1", "https://ca.example?x", "https://ca.example#x"}) {
        EXPECT_THROW((void)parse_server_url(url), ClientFault) << url;
    }
}

TEST(ServerUrl, refuses_a_host_that_hides_something_behind_an_escape) {
    for (const char* url : {"https://ca.example%00.other", "https://ca.example%0d%0aX:y",
                            "https://a%2fb", "https://[v1.x]"}) {
        EXPECT_THROW((void)parse_server_url(url), ClientFault) << url;
    }
}

}  // namespace
}  // namespace hallmark
