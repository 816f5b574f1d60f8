// One socket with or without TLS, under deadlines: what a session does with octets, and nothing of
// what they mean. Beast's streams stay behind it. For the files of this room alone.
#pragma once

#include "server/http/door.h"
#include "server/http/message.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <openssl/ssl.h>

namespace hallmark {

using ErrorCode = boost::system::error_code;
template <typename T>
using Awaitable = boost::asio::awaitable<T>;

struct BodyPieces {
    std::uint64_t limit = 0;
    bool says_continue = false;
    std::function<Awaitable<bool>(std::string_view)> take;
};

/// Lives on the strand of its socket; whoever calls is there already.
class Wire {
public:
    virtual ~Wire() = default;
    [[nodiscard]] virtual boost::asio::any_io_executor executor() = 0;

    virtual Awaitable<ErrorCode> shake_hands() = 0;
    /// Waits for the first octet of a request. False: nobody wants anything any more, or `closing`
    /// says that it is too late to begin waiting; octets that came already are still served.
    virtual Awaitable<bool> await_request(const std::atomic<bool>& closing) = 0;
    virtual Awaitable<ErrorCode> read_header(RequestParser& parser) = 0;
    /// Says 100 Continue first where the client waits for it.
    virtual Awaitable<ErrorCode> read_body(RequestParser& parser, bool says_continue) = 0;
    /// The same a piece at a time, each handed to `take`, which ends the reading by answering
    /// false. `parser` is used up.
    virtual Awaitable<ErrorCode> read_body_in_pieces(RequestParser& parser, BodyPieces pieces) = 0;
    virtual Awaitable<ErrorCode> write(WireAnswer& answer, bool head_alone) = 0;
    /// With `lingers`, swallows what still comes, within bounds, so that closing does not tear the
    /// answer away (RFC 9112 9.6).
    virtual Awaitable<void> say_goodbye(bool lingers) = 0;

    /// Ends a wait for handshake, request or end; leaves work under way alone.
    virtual void cancel_if_idle() = 0;
    virtual void close() = 0;
    /// Null without TLS.
    [[nodiscard]] virtual const SSL* tls() = 0;

    [[nodiscard]] static bool is_timeout(const ErrorCode& error) noexcept;
};

/// `context` null: no TLS. `options` outlives the wire.
[[nodiscard]] std::unique_ptr<Wire> make_wire(
    boost::asio::ip::tcp::socket socket, const std::shared_ptr<boost::asio::ssl::context>& context,
    const DoorOptions& options);

}  // namespace hallmark
