// What is decided when a header has come whole and its body has not: is this request meant for this
// door, is there a route, may its body come. Plain values in and out; no socket.
#pragma once

#include "server/http/door.h"
#include "server/http/http.h"
#include "server/http/router.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace hallmark {

struct RequestHead {
    std::string method;
    std::string target;
    unsigned version = 11;
    std::vector<std::pair<std::string, std::string>>
        headers;  ///< Lower-case names, in order of arrival.
    std::optional<std::uint64_t> content_length;
    bool chunked = false;

    [[nodiscard]] bool has_body() const noexcept {
        return chunked || content_length.value_or(0) > 0;
    }
};

struct Admitted {
    HttpRequest request;  ///< Without peer and body.
    const Route* route = nullptr;
    std::size_t body_limit = 0;
    bool expects_continue = false;
};

struct TurnedAway {
    HttpAnswer answer;
    std::string route = "none";  ///< The pattern, where one was found.
};

using Admission = std::variant<Admitted, TurnedAway>;

struct DoorRules {
    const Router& router;
    const std::vector<std::string>& hosts;
    const DoorLimits& limits;
};

/// In this order: version, target, Host, route, method, expectation, body's type, body's size.
[[nodiscard]] Admission admit(RequestHead head, const DoorRules& rules,
                              const std::string& request_id);

}  // namespace hallmark
