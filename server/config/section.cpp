#include "server/config/section.h"

namespace hallmark {

Section::Section(const toml::table* table, std::string name, Complaint& complaint)
    : table_(table), name_(std::move(name)), complaint_(complaint) {}

const toml::node* Section::find(std::string_view key) {
    taken_.emplace(key);
    return table_ == nullptr ? nullptr : table_->get(key);
}

std::string Section::path_of(std::string_view key) const {
    return name_.empty() ? std::string(key) : name_ + "." + std::string(key);
}

void Section::complain(const toml::node& node, std::string_view key, const std::string& what) {
    complaint_.say(node.source().begin.line, path_of(key) + " " + what);
}

void Section::take(std::string_view key, std::string& into) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    if (const auto* text = node->as_string()) {
        into = text->get();
    } else {
        complain(*node, key, "must be a string");
    }
}

void Section::take(std::string_view key, std::vector<std::string>& into) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const toml::array* list = node->as_array();
    if (list == nullptr) return complain(*node, key, "must be a list of strings");
    into.clear();
    for (const toml::node& item : *list) {
        const auto* text = item.as_string();
        if (text == nullptr) return complain(item, key, "must be a list of strings");
        into.push_back(text->get());
    }
}

void Section::take(std::string_view key, std::size_t& into, Range range) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const auto* number = node->as_integer();
    if (number == nullptr) return complain(*node, key, "must be a whole number");
    if (number->get() < range.least || number->get() > range.most) {
        return complain(*node, key,
                        "must be between " + std::to_string(range.least) + " and " +
                            std::to_string(range.most));
    }
    into = static_cast<std::size_t>(number->get());
}

void Section::take(std::string_view key, std::uint16_t& into) {
    std::size_t number = into;
    take(key, number, {0, 65535});
    into = static_cast<std::uint16_t>(number);
}

void Section::take(std::string_view key, std::chrono::seconds& into, Range range) {
    auto number = static_cast<std::size_t>(into.count());
    take(key, number, range);
    into = std::chrono::seconds(number);
}

void Section::take_path(std::string_view key, std::string& into,
                        const std::filesystem::path& folder) {
    std::string text;
    take(key, text);
    if (!text.empty()) into = (folder / text).lexically_normal().string();
}

void Section::require(std::string_view key, const std::string& value) {
    if (!value.empty()) return;
    const std::uint32_t line = table_ == nullptr ? 0 : table_->source().begin.line;
    complaint_.say(line, path_of(key) + " is missing");
}

bool Section::has(std::string_view key) const {
    return table_ != nullptr && table_->contains(key);
}

Section Section::child(std::string_view key) {
    const toml::node* node = find(key);
    const toml::table* table = node == nullptr ? nullptr : node->as_table();
    if (node != nullptr && table == nullptr) complain(*node, key, "must be a table");
    return {table, path_of(key), complaint_};
}

std::vector<std::pair<std::string, std::string>> Section::take_all_strings() {
    std::vector<std::pair<std::string, std::string>> all;
    if (table_ == nullptr) return all;
    for (const auto& [key, node] : *table_) {
        std::string value;
        take(key.str(), value);
        all.emplace_back(key.str(), std::move(value));
    }
    return all;
}

void Section::finish() {
    if (table_ == nullptr) return;
    for (const auto& [key, node] : *table_) {
        if (!taken_.contains(key.str())) {
            complaint_.say(key.source().begin.line, "unknown key " + path_of(key.str()));
        }
    }
}

}  // namespace hallmark
