// One table of the file, from which keys are taken one by one; what nobody took is unknown.
// Collects the first complaint instead of throwing, so that a reader is a plain list of keys. For
// the files of this room alone.
#pragma once

#include "server/config/toml.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

/// What is wrong first; shared by all sections of one file.
struct Complaint {
    std::string text;
    void say(std::uint32_t line, const std::string& what) {
        if (text.empty()) text = (line == 0 ? "" : "line " + std::to_string(line) + ": ") + what;
    }
};

struct Range {
    std::int64_t least = 0;
    std::int64_t most = std::numeric_limits<std::int32_t>::max();
};

class Section {
public:
    /// `name` is the dotted path, empty for the top; `table` null where the file has none.
    Section(const toml::table* table, std::string name, Complaint& complaint);

    void take(std::string_view key, std::string& into);
    void take(std::string_view key, std::vector<std::string>& into);
    void take(std::string_view key, std::size_t& into, Range range);
    void take(std::string_view key, std::uint16_t& into);
    /// Whole seconds.
    void take(std::string_view key, std::chrono::seconds& into, Range range);
    /// Relative to `folder`.
    void take_path(std::string_view key, std::string& into, const std::filesystem::path& folder);
    void require(std::string_view key, const std::string& value);

    [[nodiscard]] bool has(std::string_view key) const;
    [[nodiscard]] Section child(std::string_view key);
    /// Every key with a string value, in the file's order of names.
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> take_all_strings();
    /// Complains of the first key that nobody took.
    void finish();

private:
    const toml::node* find(std::string_view key);
    void complain(const toml::node& node, std::string_view key, const std::string& what);
    [[nodiscard]] std::string path_of(std::string_view key) const;

    const toml::table* table_;
    std::string name_;
    Complaint& complaint_;
    std::set<std::string, std::less<>> taken_;
};

}  // namespace hallmark
