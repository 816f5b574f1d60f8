#include "server/client/client.h"

#include "server/client/tls_client.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/system/result.hpp>
#include <sys/socket.h>

namespace hallmark {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using Stream = beast::ssl_stream<beast::tcp_stream>;
using ErrorCode = boost::system::error_code;

constexpr std::uint32_t answer_header_limit = 64 * 1024;
constexpr std::size_t piece_size = 256 * 1024;

/// The answer did not come. `unsent` where not one byte of an answer was seen on a connection used
/// before.
struct Broken {
    std::string what;
    bool unsent = false;
};

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

ClientAnswer taken(http::response<http::string_body>&& response) {
    ClientAnswer answer;
    answer.status = static_cast<int>(response.result_int());
    for (const auto& field : response) {
        answer.headers.emplace_back(lower(std::string_view(field.name_string())),
                                    std::string(field.value()));
    }
    answer.body = std::move(response.body());
    return answer;
}

}  // namespace

std::string_view ClientAnswer::header(std::string_view lower_case_name) const noexcept {
    for (const auto& [name, value] : headers) {
        if (name == lower_case_name) return value;
    }
    return {};
}

struct HttpsClient::State {
    explicit State(ClientOptions given)
        : options(std::move(given)),
          server(parse_server_url(options.url)),
          context(make_client_context(options)) {}

    /// Runs what was started until it ends. The stream's own deadline bounds it.
    void finish() {
        io.restart();
        io.run();
    }

    void fail(const std::string& step, const ErrorCode& error) {
        stream.reset();
        throw ClientFault(step + " " + options.url + ": " +
                          (error == beast::error::timeout ? "too slow" : error.message()));
    }

    void connect(std::chrono::steady_clock::time_point deadline) {
        buffer.clear();
        stream.emplace(io, context);
        expect_server(stream->native_handle(), server);
        ErrorCode error;
        tcp::resolver resolver(io);
        // Numeric addresses and names of the plant's own DNS; the system bounds the look-up.
        const auto endpoints = resolver.resolve(server.host, server.port, error);
        if (error) fail("resolving", error);
        beast::tcp_stream& socket = beast::get_lowest_layer(*stream);
        socket.expires_at(deadline);
        socket.async_connect(endpoints,
                             [&](ErrorCode result, const tcp::endpoint&) { error = result; });
        finish();
        if (error) fail("connecting to", error);
        socket.socket().set_option(tcp::no_delay(true), error);
        stream->async_handshake(asio::ssl::stream_base::client,
                                [&](ErrorCode result) { error = result; });
        finish();
        if (error) fail("TLS handshake with", error);
    }

    /// Whether the server said nothing since the last answer. TLS 1.3 without tickets leaves
    /// nothing to say but good-bye, so whatever is readable means that this connection is over.
    [[nodiscard]] bool is_quiet() {
        char byte = 0;
        const int descriptor = beast::get_lowest_layer(*stream).socket().native_handle();
        return ::recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
               (errno == EAGAIN || errno == EWOULDBLOCK);
    }

    boost::system::result<ClientAnswer, Broken> exchange(
        http::request<http::string_body>& request, std::chrono::steady_clock::time_point deadline) {
        http::response_parser<http::string_body> parser;
        parser.header_limit(answer_header_limit);
        parser.body_limit(options.answer_limit);
        if (request.method() == http::verb::head) parser.skip(true);
        beast::get_lowest_layer(*stream).expires_at(deadline);
        ErrorCode written;
        http::async_write(*stream, request,
                          [&](ErrorCode result, std::size_t) { written = result; });
        finish();
        // A server may answer and close before it read the whole body (413): its answer is still
        // there to read.
        ErrorCode read;
        http::async_read(*stream, buffer, parser,
                         [&](ErrorCode result, std::size_t) { read = result; });
        finish();
        if (read) {
            const bool unsent = !parser.got_some() && read != beast::error::timeout;
            const ErrorCode& first = written ? written : read;
            return Broken{first == beast::error::timeout ? "too slow" : first.message(), unsent};
        }
        const bool stays = parser.keep_alive() && !written;
        ClientAnswer answer = taken(parser.release());
        if (!stays) stream.reset();
        return answer;
    }

    /// Head and pieces, each under a deadline of its own. What stops it is the answer's to explain:
    /// a server that refuses early says why and closes.
    void send(http::request<http::buffer_body>& message, const ClientUpload& body) {
        http::request_serializer<http::buffer_body> serializer(message);
        beast::tcp_stream& socket = beast::get_lowest_layer(*stream);
        ErrorCode error;
        const auto done = [&](ErrorCode result, std::size_t) { error = result; };
        socket.expires_after(options.timeout);
        http::async_write_header(*stream, serializer, done);
        finish();
        std::vector<char> piece(piece_size);
        for (std::uint64_t left = body.octets; left > 0 && !error;) {
            const std::size_t count =
                body.read(piece.data(),
                          static_cast<std::size_t>(std::min<std::uint64_t>(left, piece.size())));
            if (count == 0) throw ClientFault("the body to send ended early");
            left -= count;
            message.body() = {.data = piece.data(), .size = count, .more = left > 0};
            socket.expires_after(options.timeout);
            http::async_write(*stream, serializer, done);
            finish();
            if (error == http::error::need_buffer) error = {};
        }
    }

    ClientAnswer hear() {
        http::response_parser<http::string_body> parser;
        parser.header_limit(answer_header_limit);
        parser.body_limit(options.answer_limit);
        beast::get_lowest_layer(*stream).expires_after(options.timeout);
        ErrorCode error;
        http::async_read(*stream, buffer, parser,
                         [&](ErrorCode result, std::size_t) { error = result; });
        finish();
        if (error) fail("asking", error);
        const bool stays = parser.keep_alive();
        ClientAnswer answer = taken(parser.release());
        if (!stays) stream.reset();
        return answer;
    }

    ClientOptions options;
    ServerName server;
    asio::io_context io{1};
    asio::ssl::context context;
    std::optional<Stream> stream;
    beast::flat_buffer buffer;
};

HttpsClient::HttpsClient(ClientOptions options)
    : state_(std::make_unique<State>(std::move(options))) {}
HttpsClient::~HttpsClient() = default;
HttpsClient::HttpsClient(HttpsClient&&) noexcept = default;
HttpsClient& HttpsClient::operator=(HttpsClient&&) noexcept = default;

ClientAnswer HttpsClient::request(std::string_view method, std::string_view target,
                                  std::string_view body, std::string_view content_type) {
    http::request<http::string_body> message;
    message.version(11);
    message.method_string(method);
    message.target(target);
    message.set(http::field::host, state_->server.authority());
    for (const auto& [name, value] : state_->options.headers)
        message.set(name, value);
    if (!body.empty()) {
        message.set(http::field::content_type, content_type);
        message.body() = body;
    }
    message.prepare_payload();
    const auto deadline = std::chrono::steady_clock::now() + state_->options.timeout;
    if (state_->stream && !state_->is_quiet()) state_->stream.reset();
    const bool was_open = state_->stream.has_value();
    if (!was_open) state_->connect(deadline);
    auto answer = state_->exchange(message, deadline);
    // RFC 9110 9.2.2: only what is safe to send twice is sent again, and only where the old
    // connection died.
    if (!answer && answer.error().unsent && was_open && message.method() == http::verb::get) {
        state_->connect(deadline);
        answer = state_->exchange(message, deadline);
    }
    if (!answer) {
        state_->stream.reset();
        throw ClientFault("asking " + state_->options.url + ": " + answer.error().what);
    }
    return std::move(*answer);
}

ClientAnswer HttpsClient::upload(std::string_view target, const ClientUpload& body) {
    http::request<http::buffer_body> message;
    message.version(11);
    message.method(http::verb::post);
    message.target(target);
    message.set(http::field::host, state_->server.authority());
    for (const auto& [name, value] : state_->options.headers)
        message.set(name, value);
    message.set(http::field::content_type, body.content_type);
    message.content_length(body.octets);
    message.body() = {.data = nullptr, .size = 0, .more = body.octets > 0};
    if (state_->stream && !state_->is_quiet()) state_->stream.reset();
    if (!state_->stream)
        state_->connect(std::chrono::steady_clock::now() + state_->options.timeout);
    state_->send(message, body);
    return state_->hear();
}

void HttpsClient::close() {
    state_->stream.reset();
}

}  // namespace hallmark
