#include "server/http/door.h"

#include "ca/domain/fault.h"
#include "server/http/door_state.h"
#include "server/http/tls.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace hallmark {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr std::chrono::milliseconds accept_pause{50};

std::shared_ptr<asio::ssl::context> context_of(const DoorOptions& options) {
    if (!options.tls) {
        if (options.client_certificate)
            throw Fault("door " + options.name + " asks for certificates without TLS");
        return nullptr;
    }
    return std::make_shared<asio::ssl::context>(make_door_context(options));
}

/// As it is registered and logged: an IPv4 peer of an IPv6 socket keeps its IPv4 address.
std::string numeric(const asio::ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
    }
    return address.to_string();
}

asio::awaitable<void> accept_all(std::shared_ptr<Door::State> door) {
    ErrorCode error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    while (!door->draining) {
        tcp::socket socket(asio::make_strand(door->io));
        co_await door->acceptor.async_accept(socket, token);
        if (error == asio::error::operation_aborted || door->draining) co_return;
        if (error) {
            // Out of descriptors or a peer that left in the queue: neither is a reason to stop
            // listening.
            asio::steady_timer pause(door->acceptor.get_executor(), accept_pause);
            co_await pause.async_wait(token);
            continue;
        }
        ErrorCode gone;
        const auto remote = socket.remote_endpoint(gone);
        if (!gone) socket.set_option(tcp::no_delay(true), gone);
        if (gone) continue;
        const auto session = make_session(std::move(socket), numeric(remote.address()), door);
        if (door->add(session)) {
            session->start();
        } else {
            door->drop("full");
        }
    }
}

}  // namespace

Door::State::State(DoorOptions given, const HttpHooks& told, Workers& crew,
                   asio::io_context& context)
    : options(std::move(given)),
      router(options.routes),
      hooks(told),
      workers(crew),
      io(context),
      acceptor(asio::make_strand(context)),
      tls(context_of(options)) {
    ErrorCode error;
    const auto address = asio::ip::make_address(options.address, error);
    if (error) throw Fault("door " + options.name + ": not an address: " + options.address);
    const tcp::endpoint endpoint(address, options.port);
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
        throw Fault("door " + options.name + " cannot listen at " + options.address + ":" +
                    std::to_string(options.port) + ": " + error.message());
    }
    port = acceptor.local_endpoint().port();
}

std::shared_ptr<asio::ssl::context> Door::State::tls_now() {
    const std::lock_guard lock(mutex);
    return tls;
}

bool Door::State::add(const std::shared_ptr<HttpSession>& session) {
    const std::lock_guard lock(mutex);
    if (draining || sessions.size() >= options.limits.connections) return false;
    sessions.emplace(session.get(), session);
    return true;
}

void Door::State::forget(const HttpSession* session) {
    {
        const std::lock_guard lock(mutex);
        sessions.erase(session);
    }
    left.notify_all();
}

std::vector<std::shared_ptr<HttpSession>> Door::State::everyone() {
    const std::lock_guard lock(mutex);
    std::vector<std::shared_ptr<HttpSession>> present;
    for (const auto& [key, session] : sessions) {
        if (auto alive = session.lock()) present.push_back(std::move(alive));
    }
    return present;
}

void start_accepting(const std::shared_ptr<Door::State>& door) {
    asio::co_spawn(door->acceptor.get_executor(), accept_all(door), asio::detached);
}

Door::Door(std::shared_ptr<State> state) : state_(std::move(state)) {}
Door::~Door() = default;

const std::string& Door::name() const noexcept {
    return state_->options.name;
}
std::uint16_t Door::port() const noexcept {
    return state_->port;
}

std::size_t Door::connections() const {
    const std::lock_guard lock(state_->mutex);
    return state_->sessions.size();
}

void Door::reload_tls() {
    auto fresh = context_of(state_->options);
    const std::lock_guard lock(state_->mutex);
    state_->tls = std::move(fresh);
}

void Door::begin_drain() {
    {
        // Under the lock: a session is either refused by add() or found by everyone() below.
        const std::lock_guard lock(state_->mutex);
        state_->draining = true;
    }
    asio::post(state_->acceptor.get_executor(), [state = state_] {
        ErrorCode ignored;
        state->acceptor.close(ignored);
    });
    for (const auto& session : state_->everyone())
        session->close_if_idle();
}

bool Door::await_drained(std::chrono::steady_clock::time_point deadline) {
    {
        std::unique_lock lock(state_->mutex);
        if (state_->left.wait_until(lock, deadline, [this] { return state_->sessions.empty(); }))
            return true;
    }
    for (const auto& session : state_->everyone())
        session->close_now();
    return false;
}

bool Door::drain(std::chrono::milliseconds bound) {
    begin_drain();
    return await_drained(std::chrono::steady_clock::now() + bound);
}

}  // namespace hallmark
