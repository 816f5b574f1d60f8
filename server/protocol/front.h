// What the handlers of all doors share: who is calling, what time it is, and how a refusal leaves.
#pragma once

#include "ca/domain/clock.h"
#include "ca/registry/registry.h"
#include "server/http/http.h"

#include <functional>
#include <string_view>

#include <boost/json.hpp>

namespace hallmark {

struct Front {
    Registry& registry;
    const Clock& clock;
    /// Counts and logs a refusal, with its whole reason: evidence format ("" where none) and the
    /// request's id. May be empty.
    std::function<void(const Refusal&, std::string_view format, std::string_view request_id)>
        on_refusal;
};

/// The pinned station or operator behind this request, looked up now. Reason: unauthenticated.
[[nodiscard]] Result<Caller> station_of(const Front& front, const HttpRequest& request);
/// As it is known; for an act that asks the registry itself.
[[nodiscard]] Result<Caller> known_station_of(const Front& front, const HttpRequest& request);
[[nodiscard]] Result<Operator> operator_of(const Front& front, const HttpRequest& request);

/// The same for a write at the office door: a browser holds a client certificate, so a foreign page
/// must not be able to post with it. Asks for the header hallmark-request, and for this origin in
/// Origin and Sec-Fetch-Site where present. Reason: forbidden.
[[nodiscard]] Result<Operator> writing_operator_of(const Front& front, const HttpRequest& request);

[[nodiscard]] HttpAnswer json_answer(int status, const boost::json::value& body);
/// Counts and answers; the instance is the record's id, or the request's where nothing was
/// recorded.
[[nodiscard]] HttpAnswer refused(const Front& front, const HttpRequest& request,
                                 const Refusal& refusal, std::string_view format = {});

/// A slug from the path. Reason: not_found, since no such thing can exist.
[[nodiscard]] Result<std::string> slug_in_path(const HttpRequest& request, const std::string& name);

}  // namespace hallmark
