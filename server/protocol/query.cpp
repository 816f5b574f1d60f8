#include "server/protocol/query.h"

#include <algorithm>

#include <boost/url/parse_query.hpp>

namespace hallmark {

Result<std::map<std::string, std::string>> parse_query(std::string_view query,
                                                       const std::vector<std::string>& known) {
    std::map<std::string, std::string> found;
    if (query.empty()) return found;
    if (query.size() > 4096) return Refusal{Reason::malformed_request, "query: malformed"};
    // Boost 1.81 measures the text with strlen, past the end of a view that no NUL follows.
    const std::string text(query);
    const auto parsed = boost::urls::parse_query(text);
    if (!parsed) return Refusal{Reason::malformed_request, "query: malformed"};
    for (const auto& parameter : boost::urls::params_encoded_view(*parsed)) {
        const std::string name = parameter.key.decode();
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            return Refusal{Reason::malformed_request, "query: unknown parameter"};
        }
        if (!found.emplace(name, parameter.value.decode()).second) {
            return Refusal{Reason::malformed_request, "query: parameter twice: " + name};
        }
    }
    return found;
}

}  // namespace hallmark
