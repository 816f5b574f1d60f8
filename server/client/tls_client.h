// The client's side of TLS as one context and one verified stream setting: TLS 1.3 alone, the
// server's chain and name always checked. Refuses every way to switch that off.
#pragma once

#include "server/client/client.h"

#include <memory>
#include <string>

#include <openssl/ssl.h>

namespace hallmark {

/// Where a URL points. Only https, no user, no path but "/".
struct ServerName {
    std::string host;  ///< A DNS name or a numeric address, without brackets.
    std::string port;
    bool is_address = false;

    /// As the Host header wants it (RFC 9110 7.2): brackets around IPv6, the port where it is not
    /// 443.
    [[nodiscard]] std::string authority() const;
};

/// Throws ClientFault for anything but https://host[:port][/].
[[nodiscard]] ServerName parse_server_url(const std::string& url);

/// A context that trusts `ca_file` alone and shows the credential. The caller frees it. Throws
/// ClientFault.
[[nodiscard]] SSL_CTX* make_client_context(const ClientOptions& options);

/// Binds the connection to the server's name: RFC 9525 for names, the iPAddress SAN for addresses.
void expect_server(SSL* connection, const ServerName& server);

}  // namespace hallmark
