#include "ca/registry/difference.h"

#include <algorithm>

namespace hallmark {
namespace {

/// How many octets of a character that is not shown begin here; 0 where none does.
std::size_t unseen_at(std::string_view text, std::size_t at) {
    const auto octet = [&](std::size_t i) {
        return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u;
    };
    const auto within = [](unsigned value, unsigned first, unsigned last) {
        return value >= first && value <= last;
    };
    if (octet(0) < 0x20 || octet(0) == 0x7f) return 1;
    if (octet(0) == 0xc2 && within(octet(1), 0x80, 0x9f)) return 2;
    if (octet(0) == 0xe2 && octet(1) == 0x80 &&
        (within(octet(2), 0x8b, 0x8f) || within(octet(2), 0xa8, 0xae)))
        return 3;
    if (octet(0) == 0xe2 && octet(1) == 0x81 && within(octet(2), 0xa0, 0xaf)) return 3;
    return octet(0) == 0xef && octet(1) == 0xbb && octet(2) == 0xbf ? 3 : 0;
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

std::string plain_text(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t unseen = unseen_at(text, at);
        if (unseen == 0) {
            out.push_back(text[at++]);
        } else {
            out.append(unseen, '?');
            at += unseen;
        }
    }
    return out;
}

std::string difference(std::string_view member, std::string_view stands,
                       std::string_view will_stand) {
    if (stands == will_stand) return addition(member, will_stand);
    return std::string(member) + ": " + (stands.empty() ? "nothing" : plain_text(stands)) + " -> " +
           (will_stand.empty() ? "nothing" : plain_text(will_stand));
}

std::string addition(std::string_view member, std::string_view will_stand) {
    return std::string(member) + ": " + plain_text(will_stand);
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
                lines.push_back("  " + plain_text(line.heading));
            heading = line.heading;
            lines.push_back(sign + plain_text(line.text));
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
