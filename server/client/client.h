// The HTTPS client of the commands and of the station: TLS 1.3 alone, the server always verified
// against the given CA, the caller shown by certificate and key. One keep-alive connection,
// reopened when it broke.
#pragma once

#include "ca/domain/fault.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hallmark {

struct ClientOptions {
    std::string url;  ///< https://host:port
    std::string
        ca_file;  ///< PEM of the CA (or self-signed certificate) that the server must chain to.
    std::string credential_file;  ///< PEM, leaf first. Empty: nobody is shown.
    std::string key_file;         ///< PEM
    std::vector<std::pair<std::string, std::string>> headers;  ///< Sent with every request.
    std::chrono::milliseconds timeout{30'000};  ///< For one request, connecting included.
    std::size_t answer_limit = 64u * 1024 * 1024;
};

struct ClientAnswer {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;  ///< Lower-case names.
    std::string body;

    [[nodiscard]] std::string_view header(std::string_view lower_case_name) const noexcept;
};

/// A body as it goes out.
struct ClientUpload {
    std::uint64_t octets = 0;
    /// Fills at most `most` octets and answers how many; never 0 before all were given.
    std::function<std::size_t(char* into, std::size_t most)> read;
    std::string content_type = "application/octet-stream";
};

/// No answer: cannot connect, not the server we know, broken off, too slow. Whether the server
/// acted is unknown.
class ClientFault : public Fault {
public:
    using Fault::Fault;
};

/// Not thread-safe; one per thread.
class HttpsClient {
public:
    explicit HttpsClient(ClientOptions options);
    ~HttpsClient();
    HttpsClient(HttpsClient&&) noexcept;
    HttpsClient& operator=(HttpsClient&&) noexcept;

    /// `target` is path and query. A connection found closed before a byte of the answer came is
    /// reopened once for methods that are safe to send again (GET). Throws ClientFault.
    [[nodiscard]] ClientAnswer request(std::string_view method, std::string_view target,
                                       std::string_view body = {},
                                       std::string_view content_type = "application/json");
    /// POSTs a body that is never whole in memory; the timeout counts for each piece of it. Never
    /// sent twice. Throws ClientFault.
    [[nodiscard]] ClientAnswer upload(std::string_view target, const ClientUpload& body);
    /// The next request comes over a new connection, with a handshake of its own.
    void close();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace hallmark
