#include "policy/template.h"

#include <algorithm>
#include <array>

namespace hallmark {
namespace {

constexpr std::array all_holes{Hole::device, Hole::element_serial, Hole::unique_id, Hole::vendor,
                               Hole::lot,    Hole::site,           Hole::range};

Refusal denied(Hole hole, std::string_view why) {
    return {Reason::policy_denied,
            "identity: {" + std::string(name_of(hole)) + "}: " + std::string(why)};
}

bool in_alphabet(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
           c == ':' || c == '-';
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Matter 1.x, 6.2.2.2: `Mvid:` and `Mpid:` in a common name stand for vendor and product id.
/// Either case is refused.
bool has_matter_mark(std::string_view text) {
    std::string folded(text);
    std::transform(folded.begin(), folded.end(), folded.begin(), lower);
    return folded.find("mvid:") != std::string::npos || folded.find("mpid:") != std::string::npos;
}

Result<std::string> raw_value(Hole hole, const HoleValues& values) {
    switch (hole) {
        case Hole::device:
            return values.device;
        case Hole::element_serial:
            if (!values.facts.claims.element_serial)
                return denied(hole, "the evidence proves none");
            return values.facts.claims.element_serial->get();
        case Hole::unique_id:
            return values.facts.unique_id;
        case Hole::vendor:
            return values.facts.vendor.get();
        case Hole::lot:
            return values.facts.lot.get();
        case Hole::site:
            return values.facts.site.get();
        case Hole::range:
            break;
    }
    if (!values.facts.range_number) return denied(hole, "no number was allotted");
    std::string digits = std::to_string(*values.facts.range_number);
    if (digits.size() > values.range_width) return denied(hole, "the range is used up");
    return std::string(values.range_width - digits.size(), '0') + digits;
}

}  // namespace

std::string_view name_of(Hole hole) noexcept {
    switch (hole) {
        case Hole::device:
            return "device";
        case Hole::element_serial:
            return "element_serial";
        case Hole::unique_id:
            return "unique_id";
        case Hole::vendor:
            return "vendor";
        case Hole::lot:
            return "lot";
        case Hole::site:
            return "site";
        case Hole::range:
            return "range";
    }
    return "device";
}

bool NameTemplate::has(Hole hole) const noexcept {
    return std::any_of(parts.begin(), parts.end(),
                       [hole](const TemplatePart& part) { return part.hole == hole; });
}

bool NameTemplate::has_hole() const noexcept {
    return std::any_of(parts.begin(), parts.end(),
                       [](const TemplatePart& part) { return part.hole.has_value(); });
}

std::string NameTemplate::text() const {
    std::string out;
    for (const TemplatePart& part : parts) {
        out += part.hole ? "{" + std::string(name_of(*part.hole)) + "}" : part.literal;
    }
    return out;
}

Result<NameTemplate> parse_template(std::string_view text) {
    NameTemplate pattern;
    while (!text.empty()) {
        const std::size_t literal = std::min(text.find_first_of("{}"), text.size());
        if (literal > 0)
            pattern.parts.push_back({std::string(text.substr(0, literal)), std::nullopt});
        text.remove_prefix(literal);
        if (text.empty()) break;
        const std::size_t end = text.find('}');
        if (text.front() != '{' || end == std::string_view::npos) {
            return Refusal{Reason::invalid_document, "unbalanced brace"};
        }
        const std::string_view name = text.substr(1, end - 1);
        const auto* const found = std::find_if(all_holes.begin(), all_holes.end(),
                                               [name](Hole hole) { return name_of(hole) == name; });
        if (found == all_holes.end()) {
            return Refusal{Reason::invalid_document, "unknown hole {" + std::string(name) + "}"};
        }
        pattern.parts.push_back({{}, *found});
        text.remove_prefix(end + 1);
    }
    if (pattern.parts.empty()) return Refusal{Reason::invalid_document, "empty text"};
    return pattern;
}

Result<std::string> value_of(Hole hole, const HoleValues& values) {
    HALLMARK_TRY(value, raw_value(hole, values));
    if (value.empty()) return denied(hole, "empty");
    if (value.size() > hole_limit) return denied(hole, "longer than 64 characters");
    if (!std::all_of(value.begin(), value.end(), in_alphabet)) {
        return denied(hole, "a character outside [A-Za-z0-9.:-]");
    }
    if (values.refuse_matter && has_matter_mark(value)) {
        return denied(hole, "Mvid: and Mpid: are Matter's own");
    }
    return std::move(value);
}

Result<std::string> fill(const NameTemplate& pattern, const HoleValues& values) {
    std::string out;
    for (const TemplatePart& part : pattern.parts) {
        if (!part.hole) {
            out += part.literal;
            continue;
        }
        HALLMARK_TRY(value, value_of(*part.hole, values));
        out += value;
    }
    // Two harmless values, or a value and a literal, could still meet as a mark.
    if (values.refuse_matter && pattern.has_hole() && has_matter_mark(out)) {
        return Refusal{Reason::policy_denied,
                       "identity: the text reads Mvid: or Mpid:, which are Matter's own"};
    }
    return out;
}

}  // namespace hallmark
