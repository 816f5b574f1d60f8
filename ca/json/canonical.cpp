#include "ca/json/json.h"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

#include <boost/json.hpp>

namespace hallmark {
namespace {

namespace json = boost::json;

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

std::string canonical_json(const boost::json::value& value) {
    std::string out;
    write_value(value, out);
    return out;
}

}  // namespace hallmark
