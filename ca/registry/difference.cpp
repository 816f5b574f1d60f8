#include "ca/registry/difference.h"

#include <algorithm>

namespace hallmark {
namespace {

/// Control characters move a terminal's cursor, and with it what an approver believes to read.
std::string shown(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        out += octet < 0x20 || octet == 0x7f ? '?' : c;
    }
    return out;
}

struct Line {
    std::string_view heading;
    std::string_view text;
    bool operator==(const Line&) const = default;
};

/// TOML's own headings, in either form of its tables.
std::vector<Line> lines_of(std::string_view text) {
    std::vector<Line> lines;
    std::string_view heading;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty()) continue;
        if (line.starts_with('[')) heading = line;
        lines.push_back({heading, line});
    }
    return lines;
}

std::vector<Line> without(const std::vector<Line>& lines, const std::vector<Line>& others) {
    std::vector<Line> left;
    for (const Line& line : lines) {
        if (std::find(others.begin(), others.end(), line) == others.end()) left.push_back(line);
    }
    return left;
}

}  // namespace

std::string difference(std::string_view member, std::string_view stands,
                       std::string_view will_stand) {
    if (stands == will_stand) return addition(member, will_stand);
    return std::string(member) + ": " + (stands.empty() ? "nothing" : shown(stands)) + " -> " +
           (will_stand.empty() ? "nothing" : shown(will_stand));
}

std::string addition(std::string_view member, std::string_view will_stand) {
    return std::string(member) + ": " + shown(will_stand);
}

std::vector<std::string> changed_lines(std::string_view stands, std::string_view will_stand,
                                       std::size_t most) {
    const auto before = lines_of(stands);
    const auto after = lines_of(will_stand);
    std::vector<std::string> lines;
    std::size_t more = 0;
    const auto tell = [&](const std::vector<Line>& changed, const char* sign) {
        std::string_view heading;
        for (const Line& line : changed) {
            if (lines.size() + 1 >= most) {
                ++more;
                continue;
            }
            if (line.heading != heading && line.text != line.heading)
                lines.push_back("  " + shown(line.heading));
            heading = line.heading;
            lines.push_back(sign + shown(line.text));
        }
    };
    tell(without(before, after), "- ");
    tell(without(after, before), "+ ");
    if (more != 0) lines.push_back("and " + std::to_string(more) + " lines more");
    return lines;
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "" : ", ") + name;
    return names.empty() ? "none" : text;
}

}  // namespace hallmark
