#include "server/http/message.h"

#include "server/http/answer_head.h"

namespace hallmark {
namespace {

namespace http = boost::beast::http;
using ErrorCode = boost::system::error_code;

bool is_about_http(const ErrorCode& error) {
    return error.category() == http::make_error_code(http::error::bad_method).category();
}

}  // namespace

RequestHead head_of(const RequestParser& parser) {
    const auto& message = parser.get();
    RequestHead head;
    head.method = std::string(message.method_string());
    head.target = std::string(message.target());
    head.version = message.version();
    for (const auto& field : message) {
        head.headers.emplace_back(lower_case(std::string_view(field.name_string())),
                                  std::string(field.value()));
    }
    if (parser.content_length()) head.content_length = *parser.content_length();
    head.chunked = parser.chunked();
    return head;
}

WireAnswer wire_answer(HttpAnswer& answer, bool keeps_alive) {
    WireAnswer wire;
    wire.version(11);
    wire.result(static_cast<unsigned>(answer.status));
    for (const auto& [name, value] : answer.headers)
        wire.insert(name, value);
    wire.keep_alive(keeps_alive);
    wire.body() = std::move(answer.body);
    // RFC 9110 8.6: no Content-Length with 204, and 304 would tell the length of what it does not
    // send.
    if (answer.status != 204 && answer.status != 304) wire.content_length(wire.body().size());
    return wire;
}

int status_of_bad_header(const ErrorCode& error) {
    if (error == http::error::header_limit || error == http::error::buffer_overflow) return 431;
    if (error == http::error::end_of_stream || error == http::error::partial_message) return 0;
    if (error == http::error::bad_version) return 505;
    return is_about_http(error) ? 400 : 0;
}

HttpAnswer answer_to_bad_body(const ErrorCode& error, const std::string& request_id) {
    if (error == http::error::body_limit || error == http::error::buffer_overflow) {
        return problem(Reason::too_large, request_id);
    }
    if (is_about_http(error) && error != http::error::partial_message &&
        error != http::error::end_of_stream) {
        return problem(Reason::malformed_request, request_id);
    }
    HttpAnswer nobody;
    nobody.status = 0;
    return nobody;
}

}  // namespace hallmark
