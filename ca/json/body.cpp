#include "ca/json/body.h"

#include "ca/json/json.h"

namespace hallmark {

Result<Body> Body::parse(std::string_view text) {
    HALLMARK_TRY(value, parse_json(text));
    if (!value.is_object()) return Refusal{Reason::malformed_request, "body: not a JSON object"};
    return Body(std::move(value.as_object()));
}

Result<Done> Body::none(std::string_view text) {
    if (text.empty()) return Done{};
    HALLMARK_TRY(body, parse(text));
    return body.finish();
}

const boost::json::value* Body::member(std::string_view name, bool required) {
    asked_.emplace(name);
    const boost::json::value* found = members_.if_contains(name);
    if (found == nullptr && required) complain("member missing: " + std::string(name));
    return found;
}

void Body::complain(std::string why) {
    if (complaint_.empty()) complaint_ = std::move(why);
}

std::optional<std::string> Body::text_if(std::string_view name, std::size_t limit) {
    const boost::json::value* value = member(name, false);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string() || value->as_string().size() > limit) {
        complain("not a string, or too long: " + std::string(name));
        return std::nullopt;
    }
    return std::string(value->as_string());
}

std::string Body::text(std::string_view name, std::size_t limit) {
    (void)member(name, true);
    return text_if(name, limit).value_or("");
}

Bytes Body::base64(std::string_view name, std::size_t limit) {
    const auto bytes = from_base64(text(name, limit * 4 / 3 + 4));
    if (!bytes) complain("not base64: " + std::string(name));
    return bytes.value_or(Bytes());
}

std::vector<std::string> Body::texts_if(std::string_view name, std::size_t limit) {
    std::vector<std::string> list;
    const boost::json::value* value = member(name, false);
    if (value == nullptr) return list;
    if (!value->is_array() || value->as_array().size() > limit) {
        complain("not a list, or too long: " + std::string(name));
        return list;
    }
    for (const boost::json::value& item : value->as_array()) {
        if (!item.is_string()) {
            complain("not a list of strings: " + std::string(name));
            return {};
        }
        list.emplace_back(item.as_string());
    }
    return list;
}

std::vector<std::string> Body::texts(std::string_view name, std::size_t limit) {
    (void)member(name, true);
    return texts_if(name, limit);
}

std::vector<Bytes> Body::base64_list_if(std::string_view name, std::size_t limit) {
    std::vector<Bytes> list;
    for (const std::string& text : texts_if(name, limit)) {
        auto bytes = from_base64(text);
        if (!bytes) complain("not base64: " + std::string(name));
        list.push_back(bytes ? std::move(*bytes) : Bytes());
    }
    return list;
}

std::vector<Bytes> Body::base64_list(std::string_view name, std::size_t limit) {
    (void)member(name, true);
    return base64_list_if(name, limit);
}

std::optional<Instant> Body::time_if(std::string_view name) {
    const auto text = text_if(name);
    if (!text) return std::nullopt;
    const auto instant = from_rfc3339(*text);
    if (!instant) complain("not a time of RFC 3339: " + std::string(name));
    return instant;
}

std::optional<Digest> Body::digest(std::string_view name) {
    const auto digest = digest_from_hex(text(name, 64));
    if (!digest) complain("not a SHA-256 in hexadecimal: " + std::string(name));
    return digest;
}

std::optional<std::uint64_t> Body::number_if(std::string_view name, std::uint64_t most) {
    const boost::json::value* value = member(name, false);
    if (value == nullptr) return std::nullopt;
    // The parser takes what fits for signed.
    if (value->is_int64() && value->as_int64() >= 0 &&
        static_cast<std::uint64_t>(value->as_int64()) <= most)
        return static_cast<std::uint64_t>(value->as_int64());
    complain("not a whole number, or too large: " + std::string(name));
    return std::nullopt;
}

std::uint64_t Body::number(std::string_view name, std::uint64_t most) {
    (void)member(name, true);
    return number_if(name, most).value_or(0);
}

std::string Body::object(std::string_view name) {
    const boost::json::value* value = member(name, true);
    if (value == nullptr) return "{}";
    if (!value->is_object()) {
        complain("not an object: " + std::string(name));
        return "{}";
    }
    return boost::json::serialize(*value);
}

std::string Body::rest() {
    boost::json::object left;
    for (const auto& [key, value] : members_) {
        if (asked_.contains(std::string_view(key))) continue;
        left.emplace(key, value);
    }
    for (const auto& [key, value] : left)
        asked_.emplace(std::string_view(key));
    return boost::json::serialize(left);
}

Result<Done> Body::finish() const {
    if (!complaint_.empty()) return Refusal{Reason::malformed_request, "body: " + complaint_};
    for (const auto& [key, value] : members_) {
        if (!asked_.contains(std::string_view(key))) {
            return Refusal{Reason::malformed_request, "body: unknown member"};
        }
    }
    return Done{};
}

}  // namespace hallmark
