#include "server/http/http.h"

namespace hallmark {

std::string_view HttpRequest::header(std::string_view lower_case_name) const noexcept {
    for (const auto& [name, value] : headers) {
        if (name == lower_case_name) return value;
    }
    return {};
}

}  // namespace hallmark
