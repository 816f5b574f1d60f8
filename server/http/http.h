// Plain requests and answers, so that Beast stays in two translation units of this room and no
// handler knows it. A handler is a synchronous function: the core blocks, the socket does not.
#pragma once

#include "ca/domain/caller.h"
#include "ca/domain/result.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hallmark {

class Spool;
class SpooledBody;

struct HttpRequest {
    std::string method;
    std::string path;                                          ///< Decoded, without query.
    std::string query;                                         ///< As it stands behind '?'.
    std::vector<std::pair<std::string, std::string>> headers;  ///< Lower-case names.
    std::string body = {};
    std::shared_ptr<SpooledBody> spooled = {};  ///< The body, where the route has it spooled.
    std::optional<PeerCertificate> peer;
    std::string source_address;  ///< Numeric, without port; also where there is no certificate.
    std::string request_id;      ///< Made at the door; in every log line.
    std::map<std::string, std::string> path_parameters;  ///< Filled by the router: {id} -> value.

    [[nodiscard]] std::string_view header(std::string_view lower_case_name) const noexcept;
};

struct HttpAnswer {
    int status = 200;
    std::string content_type = "application/json";
    std::string body = {};
    std::vector<std::pair<std::string, std::string>> headers = {};
};

using Handler = std::function<HttpAnswer(const HttpRequest&)>;

/// Where a handler runs: `crew` for whatever may block (the bounded workers), `inline_` for memory
/// reads alone.
enum class Seat { crew, inline_ };

/// Looks at a request before its body is read, on the crew; an answer turns it away. For routes
/// with large bodies.
using Gate = std::function<std::optional<HttpAnswer>(const HttpRequest&)>;

struct Route {
    std::string method;
    std::string
        pattern;  ///< "/v1/issuances/{id}", "/crl/{shard}.crl"; a last "{path...}" takes the rest.
    Handler handler;
    Seat seat = Seat::crew;
    std::size_t body_limit = 256 * 1024;
    std::string accepts = "application/json";  ///< Media type of a body; empty: any.
    Gate before_body = {};
    /// Not null: the body goes into a file there as it comes, and is never whole in memory.
    /// Outlives the door.
    Spool* spool = nullptr;
};

/// RFC 9457. Title and status are constant per reason; `detail` too: the refusal's own detail never
/// leaves. `instance` is the incident or refusal id. 429 and 503 get Retry-After.
[[nodiscard]] HttpAnswer problem(Reason reason, std::string_view instance);
[[nodiscard]] int status_of(Reason reason) noexcept;
/// The machinery failed: 500, constant text. `instance` finds the cause in the log.
[[nodiscard]] HttpAnswer fault_problem(std::string_view instance);
/// What the door itself refuses and no Reason names: 400 to 431 and 505, by the status' own name
/// (RFC 9110 15.5).
[[nodiscard]] HttpAnswer door_problem(int status, std::string_view instance);

}  // namespace hallmark
