// The doors, the threads that move their bytes, and the crew on which their handlers block: one of
// each kind, built by main, started once and drained once.
#pragma once

#include "server/http/door.h"
#include "server/http/workers.h"

#include <chrono>
#include <cstddef>
#include <memory>

namespace hallmark {

struct HttpServerOptions {
    std::size_t threads = 2;  ///< For sockets and TLS.
    std::size_t seats = 64;  ///< For handlers; they block in commits, so there are more than cores.
    std::size_t share = 0;   ///< Seats that one caller may hold at once; 0 for all of them.
    HttpHooks hooks = {};
};

class HttpServer {
public:
    explicit HttpServer(HttpServerOptions options);
    /// Drains without patience where nobody drained before.
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// Binds and listens; connections wait until start(). Throws Fault: address taken, certificate
    /// unreadable.
    Door& open(DoorOptions options);
    void start();
    /// Every door at once. Answers what is in flight; true where that ended within `bound`. Then
    /// all threads are gone.
    bool drain(std::chrono::milliseconds bound);

    [[nodiscard]] const Workers& workers() const noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace hallmark
