// Between Beast's messages and our plain ones. For the files of this room alone.
#pragma once

#include "server/http/admission.h"
#include "server/http/http.h"

#include <boost/beast/http.hpp>

namespace hallmark {

using RequestParser = boost::beast::http::request_parser<boost::beast::http::string_body>;
using WireAnswer = boost::beast::http::response<boost::beast::http::string_body>;

[[nodiscard]] RequestHead head_of(const RequestParser& parser);

/// The answer as it goes out; takes its body.
[[nodiscard]] WireAnswer wire_answer(HttpAnswer& answer, bool keeps_alive);

/// What a failed read of a header deserves: a status, or 0 where nobody is left to hear it.
[[nodiscard]] int status_of_bad_header(const boost::system::error_code& error);

/// The same for a body: an answer, or status 0.
[[nodiscard]] HttpAnswer answer_to_bad_body(const boost::system::error_code& error,
                                            const std::string& request_id);

}  // namespace hallmark
