#include "server/http/target.h"

#include "ca/domain/bytes.h"

namespace hallmark {
namespace {

Refusal malformed(std::string detail) {
    return {Reason::malformed_request, std::move(detail)};
}

/// RFC 3986 3.4 and appendix A: what may stand unencoded in a query.
bool is_query_text(std::string_view text) {
    for (const char c : text) {
        if (c <= 0x20 || c >= 0x7f || c == '#' || c == '"' || c == '<' || c == '>') return false;
    }
    return true;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char octet = text[i];
        if (octet == '%') {
            const auto decoded = from_hex(text.substr(i + 1, 2));
            if (!decoded || decoded->size() != 1) return std::nullopt;
            octet = static_cast<char>(decoded->front());
            i += 2;
        }
        if (octet < 0x20 || octet > 0x7e) return std::nullopt;
        out += octet;
    }
    return out;
}

Result<Target> parse_target(std::string_view text) {
    if (text.empty() || text.front() != '/') return malformed("the target is not in origin form");
    Target target;
    const std::size_t mark = text.find('?');
    if (mark != std::string_view::npos) target.query = text.substr(mark + 1);
    if (!is_query_text(target.query)) return malformed("the query holds a foreign character");
    std::string_view rest = text.substr(0, mark).substr(1);
    while (!rest.empty()) {
        const std::size_t slash = rest.find('/');
        const bool ends_in_slash = slash + 1 == rest.size();
        if (slash != std::string_view::npos && ends_in_slash)
            return malformed("the path ends in a slash");
        const std::string_view raw = rest.substr(0, slash);
        auto segment = percent_decode(raw);
        if (!segment) return malformed("the path is badly encoded");
        if (segment->empty() || *segment == "." || *segment == "..") {
            return malformed("the path holds an empty or a dot segment");
        }
        if (raw.find_first_of("#?") != std::string_view::npos)
            return malformed("the path holds a fragment");
        target.path += "/" + *segment;
        target.segments.push_back(std::move(*segment));
        rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
    }
    if (target.path.empty()) target.path = "/";
    return target;
}

}  // namespace hallmark
