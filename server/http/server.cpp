#include "server/http/server.h"

#include "server/http/door_state.h"

#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

namespace hallmark {

struct HttpServer::State {
    explicit State(HttpServerOptions given)
        : options(std::move(given)),
          io(static_cast<int>(options.threads)),
          guard(io.get_executor()),
          workers(options.seats, options.share) {}

    const HttpServerOptions options;
    boost::asio::io_context io;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard;
    Workers workers;
    std::vector<std::shared_ptr<Door::State>> listening;
    std::vector<std::unique_ptr<Door>> doors;
    std::vector<std::thread> threads;
};

HttpServer::HttpServer(HttpServerOptions options)
    : state_(std::make_unique<State>(std::move(options))) {}

HttpServer::~HttpServer() {
    drain(std::chrono::milliseconds(0));
}

Door& HttpServer::open(DoorOptions options) {
    auto door = std::make_shared<Door::State>(std::move(options), state_->options.hooks,
                                              state_->workers, state_->io);
    state_->listening.push_back(door);
    state_->doors.push_back(std::make_unique<Door>(std::move(door)));
    return *state_->doors.back();
}

void HttpServer::start() {
    for (const auto& door : state_->listening)
        start_accepting(door);
    for (std::size_t i = 0; i < state_->options.threads; ++i) {
        state_->threads.emplace_back([io = &state_->io] { io->run(); });
    }
}

bool HttpServer::drain(std::chrono::milliseconds bound) {
    const auto deadline = std::chrono::steady_clock::now() + bound;
    bool answered = true;
    for (const auto& door : state_->doors)
        door->begin_drain();
    for (const auto& door : state_->doors)
        answered = door->await_drained(deadline) && answered;
    // A handler that outlived the bound still ends by itself: what it writes to database and token
    // is bounded there.
    state_->workers.stop();
    state_->guard.reset();
    for (std::thread& thread : state_->threads) {
        if (thread.joinable()) thread.join();
    }
    return answered;
}

const Workers& HttpServer::workers() const noexcept {
    return state_->workers;
}

}  // namespace hallmark
