#include "ca/custody/json_array.h"

namespace hallmark {

namespace {

constexpr bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Where the string that begins at `at`, behind its quote, is closed; npos when it is not.
std::size_t closing_quote(std::string_view text, std::size_t at) {
    while (true) {
        // A search for one character is the fastest there is, and most strings have no escape.
        const std::size_t quote = text.find('"', at);
        if (quote == std::string_view::npos) return quote;
        const std::size_t escape = text.substr(at, quote - at).find('\\');
        if (escape == std::string_view::npos) return quote;
        at += escape + 2;
    }
}

/// Octets from `{` to the bracket that closes it; 0 when there is none.
std::size_t object_length(std::string_view text) {
    if (text.empty() || text[0] != '{') return 0;
    std::size_t depth = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '"') {
            at = closing_quote(text, at + 1);
            if (at == std::string_view::npos) return 0;
        } else if (c == '{') {
            ++depth;
        } else if (c == '}' && --depth == 0) {
            return at + 1;
        }
    }
    return 0;
}

Refusal too_large() {
    return {Reason::too_large, "document too large"};
}

}  // namespace

Result<std::optional<std::string>> JsonArray::next() {
    if (entries_ == 0) {
        if (!take('[')) return bad("not a JSON array");
    } else if (!take(',')) {
        if (!take(']')) return bad("array not closed");
        if (!input_.peek(1).empty()) return bad("something follows the array");
        if (input_.at() > limits_.octets) return too_large();
        return std::nullopt;
    }
    const std::string place = "entry " + std::to_string(entries_);
    if (entries_ == limits_.entries) return Refusal{Reason::too_large, "too many entries"};
    auto text = object();
    if (!text) return bad(place + ": no object that ends within its limit");
    if (input_.at() > limits_.octets) return too_large();
    ++entries_;
    return std::optional<std::string>(std::move(*text));
}

bool JsonArray::take(char wanted) {
    skip_space();
    if (input_.peek(1) != std::string_view(&wanted, 1)) return false;
    input_.skip(1);
    skip_space();
    return true;
}

void JsonArray::skip_space() {
    while (input_.at() <= limits_.octets) {
        const std::string_view next = input_.peek(1);
        if (next.empty() || !is_space(next[0])) return;
        input_.skip(1);
    }
}

std::optional<std::string> JsonArray::object() {
    const std::string_view text = input_.peek(limits_.entry_octets);
    const std::size_t length = object_length(text);
    if (length == 0) return std::nullopt;
    std::string object(text.substr(0, length));
    input_.skip(length);
    return object;
}

Refusal JsonArray::bad(const std::string& what) const {
    if (input_.at() > limits_.octets) return too_large();
    return {Reason::invalid_document, what + " at octet " + std::to_string(input_.at())};
}

}  // namespace hallmark
