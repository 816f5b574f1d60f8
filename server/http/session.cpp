// One connection from handshake to good-bye, on its own strand. Here is the one catch of the house: a fault below
// becomes an opaque 5xx whose instance names the line in the log.
//
// g++ 12 mismanages temporaries inside a co_await expression: only names stand there.
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <optional>

#include "ca/domain/fault.h"
#include "server/http/answer_head.h"
#include "server/http/door_state.h"
#include "server/http/request_id.h"
#include "server/http/tls.h"

namespace hallmark {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using ErrorCode = boost::system::error_code;
using Parser = http::request_parser<http::string_body>;
using Answered = std::optional<HttpAnswer>;
using Clockwork = std::chrono::steady_clock;

constexpr std::size_t read_size = 16 * 1024;
/// What is swallowed behind an early answer, so that closing does not tear the answer away (RFC 9112 9.6).
constexpr std::size_t linger_octets = 1024 * 1024;
constexpr std::chrono::milliseconds linger_time{2'000};
constexpr std::chrono::milliseconds goodbye_time{1'000};

/// Runs `work` with the one catch of the house.
Answered caught(const std::function<Answered()>& work, const std::string& request_id, const HttpHooks& hooks) {
    const auto told = [&](const char* what) {
        if (hooks.on_fault) hooks.on_fault(request_id, what);
    };
    try {
        return work();
    } catch (const PassingFault& fault) {
        told(fault.what());
        return problem(Reason::unavailable, request_id);
    } catch (const std::exception& fault) {
        told(fault.what());
    } catch (...) {
        told("something that is no exception was thrown");
    }
    return fault_problem(request_id);
}

RequestHead head_of(const Parser& parser) {
    const auto& message = parser.get();
    RequestHead head;
    head.method = std::string(message.method_string());
    head.target = std::string(message.target());
    head.version = message.version();
    for (const auto& field : message) {
        head.headers.emplace_back(lower_case(std::string_view(field.name_string())), std::string(field.value()));
    }
    if (parser.content_length()) head.content_length = *parser.content_length();
    head.chunked = parser.chunked();
    return head;
}

/// How one request ended, before its answer is written.
struct Ending {
    HttpAnswer answer;
    std::string route = "none";
    std::string method = "other";
    bool body_left = false;  ///< Octets of its body may still come: the connection cannot be used again.
};

template <typename Stream>
class SocketSession final : public Session, public std::enable_shared_from_this<SocketSession<Stream>> {
public:
    SocketSession(Stream stream, std::shared_ptr<Door::State> door)
        : door_(std::move(door)), stream_(std::move(stream)), buffer_(buffer_limit()) {
        ErrorCode error;
        const auto remote = socket().socket().remote_endpoint(error);
        if (!error) source_ = numeric(remote.address());
        socket().socket().set_option(asio::ip::tcp::no_delay(true), error);
    }

    void start() override {
        auto self = this->shared_from_this();
        asio::co_spawn(socket().get_executor(), run(), [self](const std::exception_ptr& broken) {
            // Memory or the random generator; the connection is lost, the door is not.
            const auto rethrow = [&]() -> Answered {
                if (broken) std::rethrow_exception(broken);
                return std::nullopt;
            };
            (void)caught(rethrow, "connection", self->door_->hooks);
            self->door_->forget(self.get());
        });
    }

    void close_if_idle() override {
        asio::post(socket().get_executor(), [self = this->shared_from_this()] {
            if (self->idle_) self->socket().cancel();
        });
    }

    void close_now() override {
        asio::post(socket().get_executor(), [self = this->shared_from_this()] { self->socket().close(); });
    }

private:
    static constexpr bool is_tls = !std::is_same_v<Stream, beast::tcp_stream>;

    [[nodiscard]] std::size_t buffer_limit() const { return door_->options.limits.header_octets + 4 * read_size; }
    [[nodiscard]] beast::tcp_stream& socket() { return beast::get_lowest_layer(stream_); }

    static std::string numeric(const asio::ip::address& address) {
        if (address.is_v6() && address.to_v6().is_v4_mapped()) {
            return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
        }
        return address.to_string();
    }

    asio::awaitable<void> run() {
        if (!co_await shake_hands()) co_return;
        bool stays = true;
        while (stays) {
            const bool came = co_await await_request();
            stays = came && co_await serve_one();
        }
        co_await say_goodbye();
    }

    asio::awaitable<bool> shake_hands() {
        if constexpr (is_tls) {
            ErrorCode error;
            auto token = asio::redirect_error(asio::use_awaitable, error);
            socket().expires_after(door_->options.timeouts.handshake);
            idle_ = true;
            co_await stream_.async_handshake(asio::ssl::stream_base::server, token);
            idle_ = false;
            if (error) {
                door_->drop(error == beast::error::timeout ? "timeout" : "handshake");
                co_return false;
            }
            peer_ = peer_of(stream_.native_handle(), source_);
        }
        co_return true;
    }

    /// Waits for the first octet of a request. False: nobody wants anything any more.
    asio::awaitable<bool> await_request() {
        if (buffer_.size() > 0) co_return true;
        if (door_->draining) co_return false;
        ErrorCode error;
        auto token = asio::redirect_error(asio::use_awaitable, error);
        socket().expires_after(door_->options.timeouts.idle);
        idle_ = true;
        auto space = buffer_.prepare(read_size);
        const std::size_t count = co_await stream_.async_read_some(space, token);
        idle_ = false;
        buffer_.commit(count);
        co_return !error && count > 0;
    }

    /// One request and its answer. True: the connection may bear another.
    asio::awaitable<bool> serve_one() {
        Parser parser;
        parser.header_limit(static_cast<std::uint32_t>(door_->options.limits.header_octets));
        parser.body_limit(boost::none);  // Told to every route by admit(); set before a body is read.
        ErrorCode error;
        auto token = asio::redirect_error(asio::use_awaitable, error);
        socket().expires_after(door_->options.timeouts.header);
        co_await http::async_read_header(stream_, buffer_, parser, token);
        const auto began = Clockwork::now();
        const std::string request_id = make_request_id();
        Ending ending;
        if (error) {
            const int status = status_of_unreadable(error);
            if (status == 0) co_return false;
            ending.answer = door_problem(status, request_id);
            ending.body_left = true;
        } else {
            const bool alive = co_await answer_one(parser, request_id, ending);
            if (!alive) co_return false;
        }
        const bool keeps = !error && !ending.body_left && parser.get().keep_alive() && !door_->draining;
        const bool written = co_await send(parser, ending, keeps, request_id);
        tell(ending, request_id, began);
        if (written && ending.body_left) co_await swallow_rest();
        co_return written && keeps;
    }

    int status_of_unreadable(const ErrorCode& error) {
        if (error == beast::error::timeout) door_->drop("timeout");
        if (error == http::error::header_limit || error == http::error::buffer_overflow) return 431;
        if (error == http::error::end_of_stream || error == http::error::partial_message) return 0;
        if (error == http::error::bad_version) return 505;
        return error.category() == http::make_error_code(http::error::bad_method).category() ? 400 : 0;
    }

    /// False: the connection broke and nobody waits for an answer.
    asio::awaitable<bool> answer_one(Parser& parser, const std::string& request_id, Ending& ending) {
        RequestHead head = head_of(parser);
        const bool has_body = head.has_body();
        ending.body_left = has_body;
        if (door_->draining) {
            ending.answer = problem(Reason::unavailable, request_id);
            co_return true;
        }
        const DoorRules rules = door_->rules();
        Admission admission = admit(std::move(head), rules, request_id);
        if (auto* away = std::get_if<TurnedAway>(&admission)) {
            ending.answer = std::move(away->answer);
            ending.route = std::move(away->route);
            co_return true;
        }
        Admitted& admitted = std::get<Admitted>(admission);
        ending.route = admitted.route->pattern;
        ending.method = admitted.request.method;
        admitted.request.peer = peer_;
        admitted.request.source_address = source_;
        if (has_body) {
            const bool goes_on = co_await take_body(parser, admitted, ending);
            if (!goes_on) co_return ending.answer.status != 0;
        }
        ending.body_left = false;
        const Route& route = *admitted.route;
        const HttpRequest& request = admitted.request;
        const std::function<Answered()> job = [&route, &request] { return Answered(route.handler(request)); };
        Answered answer = co_await run_job(job, route.seat, request.request_id);
        ending.answer = std::move(*answer);
        co_return true;
    }

    /// Gate, 100-continue, body. False: `ending` holds an early answer, or status 0 where the connection broke.
    asio::awaitable<bool> take_body(Parser& parser, Admitted& admitted, Ending& ending) {
        const Route& route = *admitted.route;
        HttpRequest& request = admitted.request;
        if (route.before_body) {
            const std::function<Answered()> job = [&route, &request] { return route.before_body(request); };
            Answered early = co_await run_job(job, Seat::crew, request.request_id);
            if (early) {
                ending.answer = std::move(*early);
                co_return false;
            }
        }
        ErrorCode error;
        auto token = asio::redirect_error(asio::use_awaitable, error);
        socket().expires_after(door_->options.timeouts.body);
        if (admitted.expects_continue) {
            http::response<http::empty_body> go_on(http::status::continue_, 11);
            co_await http::async_write(stream_, go_on, token);
        }
        parser.body_limit(admitted.body_limit);
        if (!error) co_await http::async_read(stream_, buffer_, parser, token);
        if (!error) {
            request.body = std::move(parser.get().body());
            co_return true;
        }
        if (error == http::error::body_limit || error == http::error::buffer_overflow) {
            ending.answer = problem(Reason::too_large, request.request_id);
        } else if (error.category() == http::make_error_code(http::error::bad_chunk).category() &&
                   error != http::error::partial_message) {
            ending.answer = problem(Reason::malformed_request, request.request_id);
        } else {
            if (error == beast::error::timeout) door_->drop("timeout");
            ending.answer.status = 0;
        }
        co_return false;
    }

    /// Blocks a seat of the crew, not this thread. `job` and what it names outlive the call.
    asio::awaitable<Answered> run_job(const std::function<Answered()>& job, Seat seat, const std::string& request_id) {
        const HttpHooks& hooks = door_->hooks;
        if (seat == Seat::inline_) co_return caught(job, request_id, hooks);
        Workers& workers = door_->workers;
        const auto executor = socket().get_executor();
        auto begin = [&workers, &hooks, &job, &request_id, executor](auto handler) {
            // The handler moves and cannot be copied; std::function wants a copy: hence the shared one.
            auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
            auto answer = std::make_shared<Answered>();
            const std::function<void()> done = [waiting, answer, executor] {
                asio::post(executor, [waiting, answer] { (*waiting)(std::move(*answer)); });
            };
            const std::function<void()> work = [answer, &job, &request_id, &hooks] {
                *answer = caught(job, request_id, hooks);
            };
            if (workers.try_run({work, done})) return;
            *answer = problem(Reason::overloaded, request_id);
            done();
        };
        co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Answered)>(begin,
                                                                                              asio::use_awaitable);
    }

    asio::awaitable<bool> send(const Parser& parser, Ending& ending, bool keeps, const std::string& request_id) {
        const auto complete = [&] {
            return Answered(complete_answer(std::move(ending.answer), request_id, door_->hooks.clock));
        };
        ending.answer = *caught(complete, request_id, door_->hooks);
        http::response<http::string_body> response;
        response.version(11);
        response.result(static_cast<unsigned>(ending.answer.status));
        for (const auto& [name, value] : ending.answer.headers) response.insert(name, value);
        response.keep_alive(keeps);
        response.body() = std::move(ending.answer.body);
        const bool bodiless = ending.answer.status == 204 || ending.answer.status == 304;
        if (!bodiless) response.content_length(response.body().size());
        ErrorCode error;
        auto token = asio::redirect_error(asio::use_awaitable, error);
        socket().expires_after(door_->options.timeouts.write);
        if (parser.is_header_done() && parser.get().method() == http::verb::head) {
            http::response_serializer<http::string_body> serializer(response);
            co_await http::async_write_header(stream_, serializer, token);
        } else {
            co_await http::async_write(stream_, response, token);
        }
        co_return !error;
    }

    void tell(const Ending& ending, const std::string& request_id, Clockwork::time_point began) const {
        if (!door_->hooks.on_request) return;
        const std::chrono::duration<double> took = Clockwork::now() - began;
        door_->hooks.on_request({.door = door_->options.name,
                                 .method = ending.method,
                                 .route = ending.route,
                                 .status = ending.answer.status,
                                 .seconds = took.count(),
                                 .request_id = request_id});
    }

    asio::awaitable<void> swallow_rest() {
        ErrorCode error;
        auto token = asio::redirect_error(asio::use_awaitable, error);
        socket().expires_after(linger_time);
        std::size_t swallowed = 0;
        while (!error && swallowed < linger_octets && !door_->draining) {
            buffer_.clear();
            auto space = buffer_.prepare(read_size);
            swallowed += co_await stream_.async_read_some(space, token);
        }
    }

    asio::awaitable<void> say_goodbye() {
        ErrorCode error;
        if constexpr (is_tls) {
            // We said all we had to say and do not wait for an echo: an idle peer would never send one.
            SSL* connection = stream_.native_handle();
            SSL_set_shutdown(connection, SSL_get_shutdown(connection) | SSL_RECEIVED_SHUTDOWN);
            auto token = asio::redirect_error(asio::use_awaitable, error);
            socket().expires_after(goodbye_time);
            co_await stream_.async_shutdown(token);
        }
        socket().socket().shutdown(asio::ip::tcp::socket::shutdown_both, error);
        socket().close();
    }

    std::shared_ptr<Door::State> door_;
    Stream stream_;
    beast::flat_buffer buffer_;
    std::string source_;
    std::optional<PeerCertificate> peer_;
    bool idle_ = false;  ///< Waits for a handshake or a request; only the strand looks.
};

using TlsStream = beast::ssl_stream<beast::tcp_stream>;

}  // namespace

std::shared_ptr<Session> make_session(asio::ip::tcp::socket socket, std::shared_ptr<Door::State> door) {
    if (const auto context = door->tls_now()) {
        // The connection holds a reference to its SSL_CTX (SSL_new(3)): a reload does not pull it away.
        TlsStream stream(std::move(socket), *context);
        return std::make_shared<SocketSession<TlsStream>>(std::move(stream), std::move(door));
    }
    beast::tcp_stream stream(std::move(socket));
    return std::make_shared<SocketSession<beast::tcp_stream>>(std::move(stream), std::move(door));
}

}  // namespace hallmark
