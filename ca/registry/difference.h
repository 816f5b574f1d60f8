// The lines that an approver reads: what stands, what will stand, one member a line. Whatever a
// terminal would take for more than text is not shown as it is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

/// With a question mark for each octet of what is no plain text: controls (C0, DEL, C1) and
/// Unicode's invisible characters, which turn the reading order or hide (U+200B to U+200F, U+2028
/// to U+202E, U+2060 to U+206F, U+FEFF). UTF-8 in, UTF-8 out.
[[nodiscard]] std::string plain_text(std::string_view text);

/// "state: suspended -> active"; "site: hall-1" where nothing stood before, or it stays.
[[nodiscard]] std::string difference(std::string_view member, std::string_view stands,
                                     std::string_view will_stand);
[[nodiscard]] std::string addition(std::string_view member, std::string_view will_stand);

/// The lines of a text that go ("- ...") and come ("+ ..."), with the headings ("[...]") they stand
/// under; at most `most` of them and a last one that says how many more there are.
[[nodiscard]] std::vector<std::string> changed_lines(std::string_view stands,
                                                     std::string_view will_stand,
                                                     std::size_t most = 2000);

/// "a, b, c"; "none" where there is nothing.
[[nodiscard]] std::string joined(const std::vector<std::string>& names);

}  // namespace hallmark
