// g++ 12 mismanages temporaries inside a co_await expression: only names stand there.
#include "server/http/wire.h"

#include <vector>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

namespace hallmark {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

constexpr std::size_t read_size = 16 * 1024;
constexpr std::size_t piece_size = 256 * 1024;
constexpr std::size_t linger_octets = 1024 * 1024;
constexpr std::chrono::milliseconds linger_time{2'000};
constexpr std::chrono::milliseconds goodbye_time{1'000};

template <typename Stream>
class StreamWire final : public Wire {
public:
    StreamWire(Stream stream, const DoorOptions& options)
        : options_(options),
          stream_(std::move(stream)),
          buffer_(options.limits.header_octets + 4 * read_size) {}

    asio::any_io_executor executor() override { return stream_.get_executor(); }

    Awaitable<ErrorCode> shake_hands() override {
        ErrorCode error;
        if constexpr (is_tls) {
            auto token = asio::redirect_error(asio::use_awaitable, error);
            socket().expires_after(options_.timeouts.handshake);
            idle_ = true;
            co_await stream_.async_handshake(asio::ssl::stream_base::server, token);
            idle_ = false;
        }
        co_return error;
    }

    Awaitable<bool> await_request(const std::atomic<bool>& closing) override {
        if (buffer_.size() > 0) co_return true;
        if (closing) co_return false;
        ErrorCode error;
        auto token = asio::redirect_error(asio::use_awaitable, error);
        socket().expires_after(options_.timeouts.idle);
        auto space = buffer_.prepare(read_size);
        idle_ = true;
        const std::size_t count = co_await stream_.async_read_some(space, token);
        idle_ = false;
        buffer_.commit(count);
        co_return !error && count > 0;
    }

    Awaitable<ErrorCode> read_header(RequestParser& parser) override {
        ErrorCode error;
        auto token = asio::redirect_error(asio::use_awaitable, error);
        socket().expires_after(options_.timeouts.header);
        co_await http::async_read_header(stream_, buffer_, parser, token);
        co_return error;
    }

    Awaitable<ErrorCode> read_body(RequestParser& parser, bool says_continue) override {
        ErrorCode error;
        auto token = asio::redirect_error(asio::use_awaitable, error);
        socket().expires_after(options_.timeouts.body);
        if (says_continue) {
            http::response<http::empty_body> go_on(http::status::continue_, 11);
            co_await http::async_write(stream_, go_on, token);
        }
        if (!error) co_await http::async_read(stream_, buffer_, parser, token);
        co_return error;
    }

    Awaitable<ErrorCode> read_body_in_pieces(RequestParser& parser, BodyPieces pieces) override {
        ErrorCode error;
        auto token = asio::redirect_error(asio::use_awaitable, error);
        socket().expires_after(options_.timeouts.body);
        if (pieces.says_continue) {
            http::response<http::empty_body> go_on(http::status::continue_, 11);
            co_await http::async_write(stream_, go_on, token);
        }
        http::request_parser<http::buffer_body> in_pieces(std::move(parser));
        in_pieces.body_limit(pieces.limit);
        std::vector<char> piece(piece_size);
        bool goes_on = !error;
        while (goes_on && !in_pieces.is_done()) {
            in_pieces.get().body().data = piece.data();
            in_pieces.get().body().size = piece.size();
            // A whole time for each piece: how large a body may be is the spool's to say, and how
            // slow is said here.
            socket().expires_after(options_.timeouts.body);
            co_await http::async_read(stream_, buffer_, in_pieces, token);
            if (error == http::error::need_buffer) error = {};
            if (error) break;
            const std::string_view come(piece.data(), piece.size() - in_pieces.get().body().size);
            goes_on = co_await pieces.take(come);
        }
        co_return error;
    }

    Awaitable<ErrorCode> write(WireAnswer& answer, bool head_alone) override {
        ErrorCode error;
        auto token = asio::redirect_error(asio::use_awaitable, error);
        socket().expires_after(options_.timeouts.write);
        if (head_alone) {
            http::response_serializer<http::string_body> serializer(answer);
            co_await http::async_write_header(stream_, serializer, token);
        } else {
            co_await http::async_write(stream_, answer, token);
        }
        co_return error;
    }

    Awaitable<void> say_goodbye(bool lingers) override {
        ErrorCode error;
        auto token = asio::redirect_error(asio::use_awaitable, error);
        if constexpr (is_tls) {
            // We said all we had to say and do not wait for an echo: an idle peer would never send
            // one.
            SSL* connection = stream_.native_handle();
            SSL_set_shutdown(connection, SSL_get_shutdown(connection) | SSL_RECEIVED_SHUTDOWN);
            socket().expires_after(goodbye_time);
            co_await stream_.async_shutdown(token);
        }
        socket().socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
        socket().expires_after(linger_time);
        std::size_t swallowed = 0;
        idle_ = true;
        while (lingers && !error && swallowed < linger_octets) {
            buffer_.clear();
            auto space = buffer_.prepare(read_size);
            swallowed += co_await socket().async_read_some(space, token);
        }
        socket().close();
    }

    void cancel_if_idle() override {
        if (idle_) socket().cancel();
    }
    void close() override { socket().close(); }

    const SSL* tls() override {
        if constexpr (is_tls) return stream_.native_handle();
        return nullptr;
    }

private:
    static constexpr bool is_tls = !std::is_same_v<Stream, PlainStream>;
    beast::tcp_stream& socket() { return beast::get_lowest_layer(stream_); }

    const DoorOptions& options_;
    Stream stream_;
    beast::flat_buffer buffer_;
    bool idle_ = false;
};

}  // namespace

bool Wire::is_timeout(const ErrorCode& error) noexcept {
    return error == beast::error::timeout;
}

std::unique_ptr<Wire> make_wire(asio::ip::tcp::socket socket,
                                const std::shared_ptr<asio::ssl::context>& context,
                                const DoorOptions& options) {
    PlainStream plain(std::move(socket));
    if (!context) return std::make_unique<StreamWire<PlainStream>>(std::move(plain), options);
    // The connection holds a reference to its SSL_CTX (SSL_new(3)): a reload does not pull it away.
    TlsStream secured(std::move(plain), *context);
    return std::make_unique<StreamWire<TlsStream>>(std::move(secured), options);
}

}  // namespace hallmark
