#include "ca/json/json.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>

namespace hallmark {
namespace {

namespace json = boost::json;
using ErrorCode = boost::system::error_code;

/// The members' names of the objects that are open. Most objects are small: their names lie side by
/// side and are looked through; those of a large one go into a set.
class OpenNames {
public:
    OpenNames() {
        names_.reserve(few);
        objects_.reserve(4);
    }
    void open() { objects_.push_back({.first = names_.size(), .many = {}}); }
    void close() {
        names_.resize(objects_.back().first);
        objects_.pop_back();
    }
    /// False when it stands there already.
    [[nodiscard]] bool add(const std::string& name) {
        Object& object = objects_.back();
        if (!object.many.empty()) return object.many.insert(name).second;
        if (std::find(begin_of(object), names_.cend(), name) != names_.cend()) return false;
        names_.push_back(name);
        if (names_.size() - object.first == few)
            object.many.insert(begin_of(object), names_.cend());
        return true;
    }

private:
    struct Object {
        std::size_t first;  ///< Of its names.
        std::set<std::string> many;
    };
    static constexpr std::size_t few = 16;
    [[nodiscard]] std::vector<std::string>::const_iterator begin_of(const Object& object) const {
        return names_.begin() + static_cast<std::ptrdiff_t>(object.first);
    }

    std::vector<std::string> names_;
    std::vector<Object> objects_;
};

/// Builds the value as the tokens come, and stops at the first one that a strict document may not
/// have.
class StrictHandler {
public:
    // Boost.JSON's own limits are off here: octets and members bound the document.
    static constexpr std::size_t max_object_size = std::size_t(-1);
    static constexpr std::size_t max_array_size = std::size_t(-1);
    static constexpr std::size_t max_key_size = std::size_t(-1);
    static constexpr std::size_t max_string_size = std::size_t(-1);

    explicit StrictHandler(std::size_t members)
        : stack_({}, room_.data(), room_.size()), members_left_(members) {}

    bool on_document_begin(ErrorCode&) { return true; }
    bool on_document_end(ErrorCode&) { return true; }

    bool on_object_begin(ErrorCode& error) {
        if (!count_value(error)) return false;
        names_.open();
        return true;
    }
    bool on_object_end(std::size_t count, ErrorCode&) {
        names_.close();
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
        const bool is_new = names_.add(text_);
        text_.clear();
        if (!is_new) return fail("a member stands twice", error);
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
    void begin(json::storage_ptr storage) { stack_.reset(std::move(storage)); }
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

    std::array<unsigned char, 2048> room_;  ///< The stack's before it asks for more.
    json::value_stack stack_;
    OpenNames names_;
    std::string text_;  ///< Of the key or number that comes in parts.
    std::size_t members_left_;
    const char* complaint_ = nullptr;
};

}  // namespace

Result<boost::json::value> parse_json(std::string_view text, const JsonLimits& limits,
                                      boost::json::storage_ptr storage) {
    if (text.size() > limits.octets) {
        return Refusal{Reason::malformed_request, "json: larger than the limit"};
    }
    json::parse_options options;
    options.max_depth = limits.depth;
    // The document's own value is no member.
    json::basic_parser<StrictHandler> parser(options, limits.members + 1);
    parser.handler().begin(std::move(storage));
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

}  // namespace hallmark
