// Files that the station reads and keeps: bounded reads, and writes that are whole or not there at
// all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace hallmark {

/// At most 1 MiB. Throws Fault.
[[nodiscard]] std::string read_file(const std::filesystem::path& file);
/// Written beside, synced and renamed over, mode 0600: after a crash the old or the new content
/// stands. Throws Fault.
void replace_file(const std::filesystem::path& file, std::string_view content);

}  // namespace hallmark
