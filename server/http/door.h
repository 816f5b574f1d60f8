// One listener: its address, its TLS, its routes and its limits. Refuses to know who a caller is:
// any certificate passes the handshake with a proof of its key, and the routes look the pin up at
// every request.
#pragma once

#include "ca/domain/clock.h"
#include "server/http/http.h"
#include "server/http/workers.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

struct TlsOptions {
    std::string certificate_file;  ///< PEM, leaf first.
    std::string key_file;          ///< PEM
};

struct DoorLimits {
    std::size_t header_octets = 16 * 1024;
    std::size_t target_octets = 2 * 1024;
    std::size_t body_octets = 64u * 1024 * 1024;  ///< Over whatever a route allows.
    std::size_t connections = 1024;
    std::size_t client_certificate_octets = 16 * 1024;  ///< The whole Certificate message of TLS.
};

struct DoorTimeouts {
    std::chrono::milliseconds handshake{10'000};
    std::chrono::milliseconds idle{75'000};    ///< Between two requests.
    std::chrono::milliseconds header{10'000};  ///< From the first octet of a header to its last.
    std::chrono::milliseconds body{60'000};
    std::chrono::milliseconds write{30'000};
};

struct DoorOptions {
    std::string name;  ///< "factory": the metric label.
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  ///< 0: any; Door::port() tells.
    std::optional<TlsOptions> tls = {};
    bool client_certificate = false;  ///< Asked for and required; needs `tls`.
    std::vector<std::string> hosts =
        {};  ///< Host values that are this door's, port included; empty: any.
    std::vector<Route> routes = {};
    DoorLimits limits = {};
    DoorTimeouts timeouts = {};
};

/// One answered request. The labels are bounded: the route's pattern, never the path.
struct RequestNote {
    std::string_view door;
    std::string_view method;  ///< One of the route's, or "other".
    std::string_view route;   ///< "none" where no route was found.
    int status = 0;
    double seconds = 0;  ///< From the whole header to the last octet of the answer.
    std::string_view request_id;
};

/// What the doors tell. Each may be empty; they are called from many threads and must not throw.
struct HttpHooks {
    std::function<void(std::string_view request_id, std::string_view what)> on_fault;
    std::function<void(const RequestNote&)> on_request;
    /// A connection that ended without an answer: "handshake", "timeout", "full".
    std::function<void(std::string_view door, std::string_view cause)> on_drop;
    const Clock* clock = nullptr;  ///< For the Date header (RFC 9110 6.6.1).
};

class Door {
public:
    struct State;
    explicit Door(std::shared_ptr<State> state);
    ~Door();
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;

    [[nodiscard]] const std::string& name() const noexcept;
    [[nodiscard]] std::uint16_t port() const noexcept;
    [[nodiscard]] std::size_t connections() const;

    /// Reads certificate and key again for the connections to come. Throws Fault and keeps the old
    /// ones where the new ones cannot be taken.
    void reload_tls();

    /// Takes no more connections, closes idle ones, answers 503 with Connection: close to what
    /// still comes in on the others. Returns at once.
    void begin_drain();
    /// Waits until the last connection is gone; at the deadline closes what is left and answers
    /// false.
    bool await_drained(std::chrono::steady_clock::time_point deadline);
    /// Both, within `bound`.
    bool drain(std::chrono::milliseconds bound);

private:
    std::shared_ptr<State> state_;
};

}  // namespace hallmark
