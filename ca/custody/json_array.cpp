#include "ca/custody/json_array.h"

#include <optional>

namespace hallmark {

namespace {

class Cutter {
public:
    explicit Cutter(std::string_view text) : text_(text) {}

    [[nodiscard]] std::size_t at() const noexcept { return at_; }
    [[nodiscard]] bool at_end() const noexcept { return at_ == text_.size(); }

    bool take(char wanted) {
        skip_space();
        if (at_end() || text_[at_] != wanted) return false;
        ++at_;
        skip_space();
        return true;
    }

    /// From `{` to the bracket that closes it; nullopt when there is none within `octets`.
    std::optional<std::string_view> object(std::size_t octets) {
        if (at_end() || text_[at_] != '{') return std::nullopt;
        const std::size_t start = at_;
        std::size_t depth = 0;
        bool quoted = false;
        for (; at_ < text_.size() && at_ - start < octets; ++at_) {
            const char c = text_[at_];
            if (quoted) {
                if (c == '\\')
                    ++at_;
                else if (c == '"')
                    quoted = false;
            } else if (c == '"') {
                quoted = true;
            } else if (c == '{') {
                ++depth;
            } else if (c == '}' && --depth == 0) {
                ++at_;
                return text_.substr(start, at_ - start);
            }
        }
        return std::nullopt;
    }

private:
    void skip_space() {
        while (!at_end() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' ||
                             text_[at_] == '\r')) {
            ++at_;
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

Refusal bad(const Cutter& cutter, std::string_view what) {
    return {Reason::invalid_document,
            std::string(what) + " at octet " + std::to_string(cutter.at())};
}

}  // namespace

Result<std::vector<std::string_view>> split_json_array(std::string_view text,
                                                       const JsonArrayLimits& limits) {
    if (text.size() > limits.octets) return Refusal{Reason::too_large, "document too large"};
    Cutter cutter(text);
    std::vector<std::string_view> entries;
    if (!cutter.take('[')) return bad(cutter, "not a JSON array");
    do {
        const std::string place = "entry " + std::to_string(entries.size());
        if (entries.size() == limits.entries) return Refusal{Reason::too_large, "too many entries"};
        const auto entry = cutter.object(limits.entry_octets);
        if (!entry) return bad(cutter, place + ": no object that ends within its limit");
        entries.push_back(*entry);
    } while (cutter.take(','));
    if (!cutter.take(']')) return bad(cutter, "array not closed");
    if (!cutter.at_end()) return bad(cutter, "something follows the array");
    return entries;
}

}  // namespace hallmark
