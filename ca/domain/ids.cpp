#include "ca/domain/ids.h"

#include <algorithm>

namespace hallmark {
namespace {

constexpr std::size_t slug_limit = 64;

bool is_lower_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_slug_character(char c) {
    return is_lower_or_digit(c) || c == '.' || c == '_' || c == '-';
}

}  // namespace

ElementId element_id(const VendorId& vendor, std::string_view unique_id) {
    std::string id = vendor.get();
    id.reserve(id.size() + 1 + unique_id.size());
    id += '/';
    for (const char c : unique_id)
        id += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return ElementId(std::move(id));
}

Result<std::string> parse_slug(std::string_view text, std::string_view what) {
    const bool fits = !text.empty() && text.size() <= slug_limit &&
                      is_lower_or_digit(text.front()) &&
                      std::all_of(text.begin(), text.end(), is_slug_character);
    if (!fits) {
        return Refusal{
            Reason::malformed_request,
            std::string(what) + " must be 1 to 64 of a-z 0-9 . _ -, first a letter or digit"};
    }
    return std::string(text);
}

Result<std::string> parse_uuid(std::string_view text, std::string_view what) {
    const Refusal refusal{Reason::malformed_request, std::string(what) + " must be a UUID"};
    if (text.size() != 36) return refusal;
    std::string uuid(text);
    for (std::size_t i = 0; i < uuid.size(); ++i) {
        char& c = uuid[i];
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
        const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        if (dash ? c != '-' : !hex) return refusal;
    }
    return uuid;
}

}  // namespace hallmark
