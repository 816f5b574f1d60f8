// How a request reaches the server, and how often it is sent again. Only what is safe to send again
// is sent through here: the protocol makes every call of the line so.
#pragma once

#include "ca/domain/result.h"
#include "server/client/client.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace hallmark {

struct Call {
    std::string method;
    std::string target;
    std::string body;
};

/// One try; throws ClientFault when no answer came. The HTTPS client in the program, a faulty one
/// in tests.
using Transport = std::function<ClientAnswer(const Call&)>;
using Wait = std::function<void(std::chrono::milliseconds)>;

struct Patience {
    int tries = 8;
    std::chrono::milliseconds first{200};  ///< Doubles with every try.
    std::chrono::milliseconds longest{
        15'000};  ///< Also caps what a server may ask for by Retry-After.
};

/// RFC 9110 10.2.3, delay-seconds alone, an hour at most: that is what this server sends.
[[nodiscard]] std::optional<std::chrono::milliseconds> retry_after(const ClientAnswer& answer);

class Courier {
public:
    Courier(Transport transport, Wait wait, Patience patience);

    /// The same bytes again after a lost answer, a 5xx, a 429, and a 409 that says when to come
    /// back; every other answer is given back as it is. Throws the last ClientFault, or gives the
    /// last answer, when patience ends.
    [[nodiscard]] ClientAnswer send(const Call& call) const;

private:
    Transport transport_;
    Wait wait_;
    Patience patience_;
};

[[nodiscard]] Transport over_https(ClientOptions options);

}  // namespace hallmark
