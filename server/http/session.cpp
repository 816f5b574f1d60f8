// One connection from handshake to good-bye, on its own strand. Here is the one catch of the house:
// a fault below becomes an opaque 5xx whose instance names the line in the log.
//
// g++ 12 mismanages temporaries inside a co_await expression: only names stand there.
#include "ca/domain/fault.h"
#include "server/http/answer_head.h"
#include "server/http/crew_call.h"
#include "server/http/door_state.h"
#include "server/http/message.h"
#include "server/http/request_id.h"
#include "server/http/spool.h"
#include "server/http/tls.h"
#include "server/http/wire.h"

#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

namespace hallmark {
namespace {

namespace asio = boost::asio;
using Answered = std::optional<HttpAnswer>;
using Job = std::function<Answered()>;
using Clockwork = std::chrono::steady_clock;

/// Runs `job` with the one catch of the house.
Answered caught(const Job& job, const std::string& request_id, const HttpHooks& hooks) {
    const auto told = [&](const char* what) {
        if (hooks.on_fault) hooks.on_fault(request_id, what);
    };
    try {
        return job();
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

/// How one request ended, before its answer is written.
struct Ending {
    HttpAnswer answer;
    std::string route = "none";
    std::string method = "other";
    bool body_left =
        false;  ///< Octets of its body may still come: the connection cannot be used again.
    bool nobody_left = false;  ///< The connection broke: there is nobody to answer.
};

class WireSession final : public HttpSession, public std::enable_shared_from_this<WireSession> {
public:
    WireSession(std::unique_ptr<Wire> wire, std::string source, std::shared_ptr<Door::State> door)
        : door_(std::move(door)), wire_(std::move(wire)), source_(std::move(source)) {}

    void start() override {
        auto self = shared_from_this();
        asio::co_spawn(wire_->executor(), run(), [self](const std::exception_ptr& broken) {
            // Memory or the random generator; the connection is lost, the door is not.
            const Job rethrow = [&]() -> Answered {
                if (broken) std::rethrow_exception(broken);
                return std::nullopt;
            };
            (void)caught(rethrow, "connection", self->door_->hooks);
            self->door_->forget(self.get());
        });
    }

    void close_if_idle() override {
        asio::post(wire_->executor(),
                   [self = shared_from_this()] { self->wire_->cancel_if_idle(); });
    }

    void close_now() override {
        asio::post(wire_->executor(), [self = shared_from_this()] { self->wire_->close(); });
    }

private:
    Awaitable<void> run() {
        const ErrorCode error = co_await wire_->shake_hands();
        if (error) {
            door_->drop(Wire::is_timeout(error) ? "timeout" : "handshake");
            co_return;
        }
        if (const SSL* tls = wire_->tls()) peer_ = peer_of(tls, source_);
        caller_ = peer_ ? std::string(peer_->sha256.begin(), peer_->sha256.end()) : source_;
        bool stays = true;
        while (stays) {
            stays = co_await wire_->await_request(door_->draining);
            if (stays) stays = co_await serve_one();
        }
        co_await wire_->say_goodbye(lingers_);
    }

    /// One request and its answer. True: the connection may bear another.
    Awaitable<bool> serve_one() {
        RequestParser parser;
        parser.header_limit(static_cast<std::uint32_t>(door_->options.limits.header_octets));
        parser.body_limit(
            boost::none);  // The route's own; admit() looks at the length that the header tells.
        const ErrorCode error = co_await wire_->read_header(parser);
        const auto began = Clockwork::now();
        const std::string request_id = make_request_id();
        const bool lasts = !error && parser.get().keep_alive();
        const bool head_alone = !error && parser.get().method() == boost::beast::http::verb::head;
        Ending ending;
        if (error) {
            refuse_header(error, request_id, ending);
        } else {
            co_await answer_one(parser, request_id, ending);
        }
        if (ending.nobody_left) co_return false;
        const bool keeps = lasts && !ending.body_left && !door_->draining;
        complete_answer(ending.answer, request_id, door_->hooks.clock);
        WireAnswer answer = wire_answer(ending.answer, keeps);
        const ErrorCode unwritten = co_await wire_->write(answer, head_alone);
        tell(ending, request_id, began);
        lingers_ = !unwritten && ending.body_left;
        co_return !unwritten && keeps;
    }

    void refuse_header(const ErrorCode& error, const std::string& request_id,
                       Ending& ending) const {
        if (Wire::is_timeout(error)) door_->drop("timeout");
        const int status = status_of_bad_header(error);
        ending.nobody_left = status == 0;
        ending.body_left = true;
        ending.answer = door_problem(status, request_id);
    }

    Awaitable<void> answer_one(RequestParser& parser, const std::string& request_id,
                               Ending& ending) {
        RequestHead head = head_of(parser);
        ending.body_left = head.has_body();
        if (door_->draining) {
            ending.answer = problem(Reason::unavailable, request_id);
            co_return;
        }
        const DoorRules rules = door_->rules();
        Admission admission = admit(std::move(head), rules, request_id);
        if (auto* away = std::get_if<TurnedAway>(&admission)) {
            ending.answer = std::move(away->answer);
            ending.route = std::move(away->route);
            co_return;
        }
        Admitted& admitted = std::get<Admitted>(admission);
        ending.route = admitted.route->pattern;
        ending.method = admitted.request.method;
        admitted.request.peer = peer_;
        admitted.request.source_address = source_;
        if (ending.body_left) co_await take_body(parser, admitted, ending);
        if (ending.body_left || ending.nobody_left) co_return;
        const Route& route = *admitted.route;
        const HttpRequest& request = admitted.request;
        const Job job = [&route, &request] {
            return Answered(checked_answer(route.handler(request)));
        };
        Answered answer = co_await run_job(job, route.seat, request_id);
        ending.answer = std::move(*answer);
    }

    /// Gate, 100-continue, body. Where the body stays unread, `ending` holds the answer.
    Awaitable<void> take_body(RequestParser& parser, Admitted& admitted, Ending& ending) {
        const Route& route = *admitted.route;
        HttpRequest& request = admitted.request;
        if (route.before_body) {
            const Job job = [&route, &request]() -> Answered {
                Answered early = route.before_body(request);
                if (early) early = checked_answer(std::move(*early));
                return early;
            };
            Answered early = co_await run_job(job, Seat::crew, request.request_id);
            if (early) {
                ending.answer = std::move(*early);
                co_return;
            }
        }
        if (route.spool != nullptr) {
            co_await spool_body(parser, admitted, ending);
            co_return;
        }
        parser.body_limit(admitted.body_limit);
        const ErrorCode error = co_await wire_->read_body(parser, admitted.expects_continue);
        if (!error) {
            request.body = std::move(parser.get().body());
            ending.body_left = false;
            co_return;
        }
        tell_bad_body(error, request.request_id, ending);
    }

    void tell_bad_body(const ErrorCode& error, const std::string& request_id,
                       Ending& ending) const {
        if (Wire::is_timeout(error)) door_->drop("timeout");
        ending.answer = answer_to_bad_body(error, request_id);
        ending.nobody_left = ending.answer.status == 0;
    }

    /// The body into a file. Where it stays unread, `ending` holds the answer and the file is gone.
    Awaitable<void> spool_body(RequestParser& parser, Admitted& admitted, Ending& ending) {
        Spool& spool = *admitted.route->spool;
        HttpRequest& request = admitted.request;
        std::shared_ptr<SpooledBody> body;
        Answered refused;
        const Job begin = [&]() -> Answered {
            auto begun = spool.begin(request.request_id);
            if (!begun) return problem(begun.error().reason, request.request_id);
            body = std::move(*begun);
            return std::nullopt;
        };
        refused = caught(begin, request.request_id, door_->hooks);
        BodyPieces pieces;
        pieces.limit = admitted.body_limit;
        pieces.says_continue = admitted.expects_continue;
        pieces.take = [&](std::string_view piece) {
            return write_piece(spool, {*body, piece, request.request_id}, refused);
        };
        ErrorCode error;
        if (!refused) error = co_await wire_->read_body_in_pieces(parser, pieces);
        if (refused) {
            ending.answer = std::move(*refused);
        } else if (error) {
            tell_bad_body(error, request.request_id, ending);
        } else {
            request.spooled = std::move(body);
            ending.body_left = false;
        }
    }

    struct Piece {
        SpooledBody& body;
        std::string_view octets;
        const std::string& request_id;
    };
    /// Beside this thread. False where `refused` says why.
    Awaitable<bool> write_piece(Spool& spool, Piece piece, Answered& refused) {
        const Job write = [&]() -> Answered {
            const auto written = piece.body.write(piece.octets);
            if (!written) return problem(written.error().reason, piece.request_id);
            return std::nullopt;
        };
        const HttpHooks& hooks = door_->hooks;
        const std::function<void()> work = [&] {
            refused = caught(write, piece.request_id, hooks);
        };
        const auto executor = wire_->executor();
        const bool seated = co_await run_on_crew(spool.writers(), executor, piece.request_id, work);
        if (!seated) refused = problem(Reason::unavailable, piece.request_id);
        co_return !refused;
    }

    /// On a seat of the crew, or here. `job` and what it names outlive the call.
    Awaitable<Answered> run_job(const Job& job, Seat seat, const std::string& request_id) {
        const HttpHooks& hooks = door_->hooks;
        if (seat == Seat::inline_) co_return caught(job, request_id, hooks);
        Answered answer;
        const std::function<void()> work = [&] { answer = caught(job, request_id, hooks); };
        const auto executor = wire_->executor();
        const bool seated = co_await run_on_crew(door_->workers, executor, caller_, work);
        if (!seated) answer = problem(Reason::overloaded, request_id);
        co_return answer;
    }

    void tell(const Ending& ending, const std::string& request_id,
              Clockwork::time_point began) const {
        if (!door_->hooks.on_request) return;
        const std::chrono::duration<double> took = Clockwork::now() - began;
        door_->hooks.on_request({.door = door_->options.name,
                                 .method = ending.method,
                                 .route = ending.route,
                                 .status = ending.answer.status,
                                 .seconds = took.count(),
                                 .request_id = request_id});
    }

    std::shared_ptr<Door::State> door_;
    std::unique_ptr<Wire> wire_;
    std::string source_;
    std::optional<PeerCertificate> peer_;
    std::string caller_;    ///< Whose share of the seats: by certificate, else by address.
    bool lingers_ = false;  ///< The last answer went out before its request was read to the end.
};

}  // namespace

std::shared_ptr<HttpSession> make_session(asio::ip::tcp::socket socket, std::string source,
                                          std::shared_ptr<Door::State> door) {
    auto wire = make_wire(std::move(socket), door->tls_now(), door->options);
    return std::make_shared<WireSession>(std::move(wire), std::move(source), std::move(door));
}

}  // namespace hallmark
