#include "policy/document.h"

// Refusals are values in this house, so the library answers errors instead of throwing them. The
// packaged shared library only throws: its header-only form is taken, in this one file.
#undef TOML_HEADER_ONLY
#undef TOML_SHARED_LIB
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
// toml++ 3.3 asserts of "[[[" and its like what it then refuses by itself (its pull request 301): a
// malformed document is an answer, never an abort.
#define TOML_ASSERT(expression) static_assert(true)
#include <toml++/toml.h>

namespace hallmark {
namespace {

/// True for what is invisible or turns the reading order: an approver must see what is signed.
bool has_invisible(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto octet = [&](std::size_t ahead) {
            return i + ahead < text.size() ? static_cast<unsigned char>(text[i + ahead]) : 0u;
        };
        const unsigned first = octet(0);
        if (first < 0x20 || first == 0x7F) return true;
        if (first == 0xC2 && octet(1) < 0xA1) return true;  // C1 controls, no-break space
        // U+200B..U+200F, U+2028..U+202E, U+2060..U+206F: zero width, separators, bidirectional
        // marks.
        if (first == 0xE2 && octet(1) == 0x80 && octet(2) >= 0x8B && octet(2) <= 0x8F) return true;
        if (first == 0xE2 && octet(1) == 0x80 && octet(2) >= 0xA8 && octet(2) <= 0xAE) return true;
        if (first == 0xE2 && octet(1) == 0x81 && octet(2) >= 0xA0 && octet(2) <= 0xAF) return true;
        if (first == 0xEF && octet(1) == 0xBB && octet(2) == 0xBF) return true;
    }
    return false;
}

class Conversion {
public:
    explicit Conversion(const DocumentLimits& limits) : limits_(limits) {}

    Result<DocumentNode> convert(const toml::node& node, std::size_t depth) {
        const auto line = static_cast<std::uint32_t>(node.source().begin.line);
        if (depth > limits_.depth) return refuse(Reason::too_large, line, "nested too deep");
        if (++nodes_ > limits_.nodes) return refuse(Reason::too_large, line, "too many values");
        if (const auto* table = node.as_table()) return convert_table(*table, line, depth);
        if (const auto* list = node.as_array()) return convert_list(*list, line, depth);
        if (const auto* text = node.as_string()) {
            if (text->get().size() > limits_.text)
                return refuse(Reason::too_large, line, "text too long");
            if (has_invisible(text->get())) {
                return refuse(Reason::invalid_document, line, "invisible or control character");
            }
            return DocumentNode{text->get(), line};
        }
        if (const auto* number = node.as_integer()) return DocumentNode{number->get(), line};
        if (const auto* flag = node.as_boolean()) return DocumentNode{flag->get(), line};
        return refuse(Reason::invalid_document, line,
                      "only text, whole numbers, true, false, lists and tables are known here");
    }

private:
    Result<DocumentNode> convert_table(const toml::table& table, std::uint32_t line,
                                       std::size_t depth) {
        DocumentTable members;
        for (const auto& [key, value] : table) {
            if (key.str().size() > limits_.key || has_invisible(key.str())) {
                return refuse(Reason::invalid_document, line, "a key is too long or not readable");
            }
            auto member = convert(value, depth + 1);
            if (!member) return std::move(member).error();
            if (member->line == 0) member->line = line;
            members.emplace(std::string(key.str()), std::move(*member));
        }
        return DocumentNode{std::move(members), line};
    }

    Result<DocumentNode> convert_list(const toml::array& list, std::uint32_t line,
                                      std::size_t depth) {
        if (list.size() > limits_.list) return refuse(Reason::too_large, line, "list too long");
        DocumentList members;
        for (const toml::node& value : list) {
            auto member = convert(value, depth + 1);
            if (!member) return std::move(member).error();
            members.push_back(std::move(*member));
        }
        return DocumentNode{std::move(members), line};
    }

    static Refusal refuse(Reason reason, std::uint32_t line, std::string_view why) {
        return {reason, "line " + std::to_string(line) + ": " + std::string(why)};
    }

    const DocumentLimits& limits_;
    std::size_t nodes_ = 0;
};

}  // namespace

Result<DocumentNode> read_document(std::string_view text, const DocumentLimits& limits) {
    if (text.size() > limits.octets)
        return Refusal{Reason::too_large, "line 1: document too large"};
    const toml::parse_result parsed = toml::parse(text);
    if (!parsed) {
        return Refusal{Reason::invalid_document,
                       "line " + std::to_string(parsed.error().source().begin.line) + ": " +
                           std::string(parsed.error().description())};
    }
    return Conversion(limits).convert(parsed.table(), 0);
}

}  // namespace hallmark
