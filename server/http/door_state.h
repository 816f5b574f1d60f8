// What the connections of one door share: its rules, its TLS as it is now, and the list of who is
// connected. For the files of this room alone.
#pragma once

#include "server/http/admission.h"
#include "server/http/door.h"
#include "server/http/router.h"
#include "server/http/workers.h"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <unordered_map>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

namespace hallmark {

/// One connection. Lives on its own strand; every call below may come from any thread.
class HttpSession {
public:
    virtual ~HttpSession() = default;
    virtual void start() = 0;
    /// Ends it now if it waits for a request, else after the answer under way.
    virtual void close_if_idle() = 0;
    virtual void close_now() = 0;
};

struct Door::State {
    State(DoorOptions given, const HttpHooks& told, Workers& crew,
          boost::asio::io_context& context);

    [[nodiscard]] DoorRules rules() const { return {router, options.hosts, options.limits}; }
    [[nodiscard]] std::shared_ptr<boost::asio::ssl::context> tls_now();
    /// False: the door is full or closing; the session was not taken.
    bool add(const std::shared_ptr<HttpSession>& session);
    void forget(const HttpSession* session);
    [[nodiscard]] std::vector<std::shared_ptr<HttpSession>> everyone();
    void drop(std::string_view cause) const {
        if (hooks.on_drop) hooks.on_drop(options.name, cause);
    }

    const DoorOptions options;
    const Router router;
    const HttpHooks& hooks;
    Workers& workers;
    boost::asio::io_context& io;
    boost::asio::ip::tcp::acceptor acceptor;
    std::uint16_t port = 0;
    std::atomic<bool> draining{false};
    std::mutex mutex;
    std::condition_variable left;
    std::unordered_map<const HttpSession*, std::weak_ptr<HttpSession>> sessions;
    std::shared_ptr<boost::asio::ssl::context> tls;
};

/// Takes connections until the door drains.
void start_accepting(const std::shared_ptr<Door::State>& door);

/// A connection just accepted from `source`, a numeric address; TLS where the door has it.
[[nodiscard]] std::shared_ptr<HttpSession> make_session(boost::asio::ip::tcp::socket socket,
                                                        std::string source,
                                                        std::shared_ptr<Door::State> door);

}  // namespace hallmark
