// Reason -> RFC 9457. Every text here is a constant: what exactly was wrong stays in the record.
#include "server/http/http.h"

namespace hallmark {
namespace {

struct Text {
    int status;
    std::string_view name;
    std::string_view title;
    std::string_view detail;
    std::string_view retry_after = {};  ///< Seconds.
};

/// RFC 8259 section 7. An instance is a UUID; whatever else comes may not break out of its string.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        const bool plain = octet >= 0x20 && octet < 0x7f && c != '"' && c != '\\';
        out += plain ? c : '?';
    }
    return out + '"';
}

HttpAnswer write(const Text& text, std::string_view instance) {
    HttpAnswer answer;
    answer.status = text.status;
    answer.content_type = "application/problem+json";
    const std::string type = "/problems/" + std::string(text.name);
    // RFC 9457 3.1.5: a URI reference. A bare UUID becomes a URN (RFC 9562 section 4).
    const bool is_uuid = instance.size() == 36 && instance.find(':') == std::string_view::npos;
    const std::string where = (is_uuid ? "urn:uuid:" : "") + std::string(instance);
    answer.body = "{\"type\":" + quoted(type) + ",\"title\":" + quoted(text.title) +
                  ",\"status\":" + std::to_string(text.status) +
                  ",\"detail\":" + quoted(text.detail) + ",\"instance\":" + quoted(where) + "}";
    if (!text.retry_after.empty()) answer.headers.emplace_back("Retry-After", text.retry_after);
    return answer;
}

Text text_of(Reason reason) noexcept {
    switch (reason) {
        case Reason::malformed_request:
            return {400,
                    {},
                    "Malformed request",
                    "The request is not what its documentation says it is."};
        case Reason::too_large:
            return {413, {}, "Too large", "The request exceeds a limit on size, depth or count."};
        case Reason::unauthenticated:
            return {
                401, {}, "Not authenticated", "The certificate shown opens nothing at this door."};
        case Reason::forbidden:
            return {403, {}, "Forbidden", "This caller may not do this, or not now."};
        case Reason::not_found:
            return {404, {}, "Not found", "There is no such thing for this caller."};
        case Reason::in_progress:
            return {409, {}, "In progress", "The same request is being worked on; ask again.", "1"};
        case Reason::request_mismatch:
            return {422, {}, "Request mismatch", "This request_id was used with another body."};
        case Reason::gone:
            return {410, {}, "Gone", "The credential is void, burnt or retired."};
        case Reason::conflict:
            return {409, {}, "Conflict", "The present state does not allow this."};
        case Reason::challenge_not_accepted:
            return {422, {}, "Challenge not accepted", "Ask for a new challenge."};
        case Reason::csr_not_accepted:
            return {
                422, {}, "CSR not accepted", "The certificate signing request was not accepted."};
        case Reason::evidence_not_accepted:
            return {422, {}, "Evidence not accepted", "The evidence was not accepted."};
        case Reason::element_not_accepted:
            return {422, {}, "Element not accepted", "The element was not accepted."};
        case Reason::policy_denied:
            return {422, {}, "Denied by policy", "The product's policy does not allow this."};
        case Reason::installation_not_accepted:
            return {422,
                    {},
                    "Installation not accepted",
                    "The proof of installation was not accepted."};
        case Reason::invalid_document:
            return {422, {}, "Invalid document", "The document cannot be taken as it is."};
        case Reason::limited:
            return {429, {}, "Limited", "Too many requests of this caller.", "10"};
        case Reason::overloaded:
            return {503, {}, "Overloaded", "Every seat is taken; try again.", "1"};
        case Reason::unavailable:
            break;
    }
    return {503, {}, "Unavailable", "The service cannot do this now; try again.", "1"};
}

Text text_of(int status) noexcept {
    switch (status) {
        case 405:
            return {405, "method-not-allowed", "Method not allowed", "See the Allow header."};
        case 414:
            return {414, "uri-too-long", "URI too long", "The request target exceeds its limit."};
        case 415:
            return {415, "unsupported-media-type", "Unsupported media type",
                    "The body's type is not what this route takes."};
        case 417:
            return {417, "expectation-failed", "Expectation failed", "Only 100-continue is known."};
        case 421:
            return {421, "misdirected-request", "Misdirected request",
                    "This door has another name."};
        case 431:
            return {431, "header-fields-too-large", "Header fields too large",
                    "The header exceeds its limit."};
        case 505:
            return {505, "version-not-supported", "HTTP version not supported",
                    "HTTP/1.1 is spoken here."};
        default:
            break;
    }
    return {400, "malformed-request", "Malformed request",
            "The request is not what its documentation says it is."};
}

}  // namespace

int status_of(Reason reason) noexcept {
    return text_of(reason).status;
}

HttpAnswer problem(Reason reason, std::string_view instance) {
    Text text = text_of(reason);
    text.name = name_of(reason);
    return write(text, instance);
}

HttpAnswer fault_problem(std::string_view instance) {
    return write({500, "internal-error", "Internal error",
                  "The service failed; the instance names why in its log."},
                 instance);
}

HttpAnswer door_problem(int status, std::string_view instance) {
    return write(text_of(status), instance);
}

}  // namespace hallmark
