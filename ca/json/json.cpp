#include "ca/json/json.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>

namespace hallmark {
namespace {

namespace json = boost::json;
using ErrorCode = boost::system::error_code;

/// Builds the value as the tokens come, and stops at the first one that a strict document may not
/// have.
class StrictHandler {
public:
    // Boost.JSON's own limits are off here: octets and members bound the document.
    static constexpr std::size_t max_object_size = std::size_t(-1);
    static constexpr std::size_t max_array_size = std::size_t(-1);
    static constexpr std::size_t max_key_size = std::size_t(-1);
    static constexpr std::size_t max_string_size = std::size_t(-1);

    explicit StrictHandler(std::size_t members) : members_left_(members) {}

    bool on_document_begin(ErrorCode&) { return true; }
    bool on_document_end(ErrorCode&) { return true; }

    bool on_object_begin(ErrorCode& error) {
        if (!count_value(error)) return false;
        names_.emplace_back();
        return true;
    }
    bool on_object_end(std::size_t count, ErrorCode&) {
        names_.pop_back();
        stack_.push_object(count);
        return true;
    }
    bool on_array_begin(ErrorCode& error) { return count_value(error); }
    bool on_array_end(std::size_t count, ErrorCode&) {
        stack_.push_array(count);
        return true;
    }

    bool on_key_part(json::string_view part, std::size_t, ErrorCode&) {
        stack_.push_chars(part);
        text_.append(part.data(), part.size());
        return true;
    }
    bool on_key(json::string_view part, std::size_t, ErrorCode& error) {
        text_.append(part.data(), part.size());
        // RFC 8259 4 leaves duplicates open; two readers that disagree about them are an attack.
        if (!names_.back().insert(std::exchange(text_, {})).second) {
            return fail("a member stands twice", error);
        }
        stack_.push_key(part);
        return true;
    }
    bool on_string_part(json::string_view part, std::size_t, ErrorCode&) {
        stack_.push_chars(part);
        return true;
    }
    bool on_string(json::string_view part, std::size_t, ErrorCode& error) {
        stack_.push_string(part);
        return count_value(error);
    }
    bool on_number_part(json::string_view part, ErrorCode&) {
        text_.append(part.data(), part.size());
        return true;
    }
    bool on_int64(std::int64_t value, json::string_view, ErrorCode& error) {
        text_.clear();
        stack_.push_int64(value);
        return count_value(error);
    }
    bool on_uint64(std::uint64_t value, json::string_view, ErrorCode& error) {
        text_.clear();
        stack_.push_uint64(value);
        return count_value(error);
    }
    bool on_double(double value, json::string_view part, ErrorCode& error) {
        text_.append(part.data(), part.size());
        const std::string text = std::exchange(text_, {});
        // An integer that became a double was too large for 64 bits: it would be another number.
        if (text.find_first_of(".eE") == std::string::npos || !std::isfinite(value)) {
            return fail("a number is out of range", error);
        }
        stack_.push_double(value);
        return count_value(error);
    }
    bool on_bool(bool value, ErrorCode& error) {
        stack_.push_bool(value);
        return count_value(error);
    }
    bool on_null(ErrorCode& error) {
        stack_.push_null();
        return count_value(error);
    }
    bool on_comment_part(json::string_view, ErrorCode&) { return true; }
    bool on_comment(json::string_view, ErrorCode&) { return true; }

    [[nodiscard]] json::value take() { return stack_.release(); }
    void begin() { stack_.reset(); }
    [[nodiscard]] const char* complaint() const noexcept { return complaint_; }

private:
    bool count_value(ErrorCode& error) {
        if (members_left_ == 0) return fail("more values than the limit", error);
        --members_left_;
        return true;
    }
    bool fail(const char* complaint, ErrorCode& error) {
        complaint_ = complaint;
        error = make_error_code(json::error::exception);
        return false;
    }

    json::value_stack stack_;
    std::vector<std::set<std::string>> names_;  ///< Of the objects that are open.
    std::string text_;                          ///< Of the key or number that comes in parts.
    std::size_t members_left_;
    const char* complaint_ = nullptr;
};

/// RFC 8785 3.2.3: by UTF-16 code units. Of UTF-8 only the lead octets F0..F4 (surrogates
/// D800..DFFF) and EE, EF (E000..FFFF) order otherwise.
bool utf16_less(std::string_view left, std::string_view right) {
    const auto [l, r] = std::mismatch(left.begin(), left.end(), right.begin(), right.end());
    if (l == left.end() || r == right.end()) return l == left.end() && r != right.end();
    const auto a = static_cast<unsigned char>(*l);
    const auto b = static_cast<unsigned char>(*r);
    const bool a_surrogate = a >= 0xF0;
    const bool b_surrogate = b >= 0xF0;
    if (a_surrogate != b_surrogate && a >= 0xEE && b >= 0xEE) return a_surrogate;
    return a < b;
}

/// RFC 8785 3.2.2.2.
void write_string(std::string_view text, std::string& out) {
    static constexpr std::string_view digits = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\b':
                out += "\\b";
                break;
            case '\t':
                out += "\\t";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\f':
                out += "\\f";
                break;
            case '\r':
                out += "\\r";
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20) {
                    out += "\\u00";
                    out += digits[static_cast<unsigned char>(c) >> 4];
                    out += digits[static_cast<unsigned char>(c) & 15];
                } else {
                    out += c;
                }
        }
    }
    out += '"';
}

void write_value(const json::value& value, std::string& out);

void write_object(const json::object& object, std::string& out) {
    std::vector<const json::key_value_pair*> members;
    members.reserve(object.size());
    for (const auto& member : object)
        members.push_back(&member);
    std::sort(members.begin(), members.end(), [](const auto* left, const auto* right) {
        return utf16_less({left->key().data(), left->key().size()},
                          {right->key().data(), right->key().size()});
    });
    out += '{';
    for (const auto* member : members) {
        if (member != members.front()) out += ',';
        write_string({member->key().data(), member->key().size()}, out);
        out += ':';
        write_value(member->value(), out);
    }
    out += '}';
}

void write_value(const json::value& value, std::string& out) {
    switch (value.kind()) {
        case json::kind::null:
            out += "null";
            break;
        case json::kind::bool_:
            out += value.get_bool() ? "true" : "false";
            break;
        case json::kind::int64:
            out += std::to_string(value.get_int64());
            break;
        case json::kind::uint64:
            out += std::to_string(value.get_uint64());
            break;
        case json::kind::double_:
            throw std::logic_error("canonical JSON has no doubles here");
        case json::kind::string:
            write_string({value.get_string().data(), value.get_string().size()}, out);
            break;
        case json::kind::array: {
            out += '[';
            bool first = true;
            for (const json::value& element : value.get_array()) {
                if (!std::exchange(first, false)) out += ',';
                write_value(element, out);
            }
            out += ']';
            break;
        }
        case json::kind::object:
            write_object(value.get_object(), out);
            break;
    }
}

}  // namespace

Result<boost::json::value> parse_json(std::string_view text, const JsonLimits& limits) {
    if (text.size() > limits.octets) {
        return Refusal{Reason::malformed_request, "json: larger than the limit"};
    }
    json::parse_options options;
    options.max_depth = limits.depth;
    // The document's own value is no member.
    json::basic_parser<StrictHandler> parser(options, limits.members + 1);
    parser.handler().begin();
    ErrorCode error;
    const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
    if (error || read < text.size()) {
        const char* complaint = parser.handler().complaint();
        const std::string why = complaint ? complaint
                                : error   ? error.message()
                                          : "something follows the document";
        return Refusal{Reason::malformed_request,
                       "json: " + why + " (octet " + std::to_string(read) + ")"};
    }
    return parser.handler().take();
}

std::string canonical_json(const boost::json::value& value) {
    std::string out;
    write_value(value, out);
    return out;
}

}  // namespace hallmark
