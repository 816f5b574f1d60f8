#include "policy/document.h"

#include <algorithm>
#include <stdexcept>

namespace hallmark {
namespace {

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

/// TOML 1.0: a bare key is A-Za-z0-9_- ; anything else is quoted.
std::string key_text(std::string_view key) {
    const bool bare = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    });
    return bare ? std::string(key) : quoted(key);
}

std::string inline_text(const DocumentNode& node) {
    if (const auto* text = std::get_if<std::string>(&node.value)) return quoted(*text);
    if (const auto* number = std::get_if<std::int64_t>(&node.value)) return std::to_string(*number);
    if (const auto* flag = std::get_if<bool>(&node.value)) return *flag ? "true" : "false";
    std::string out;
    if (const auto* list = std::get_if<DocumentList>(&node.value)) {
        for (const DocumentNode& member : *list)
            out += (out.empty() ? "" : ", ") + inline_text(member);
        return "[" + out + "]";
    }
    for (const auto& [key, value] : std::get<DocumentTable>(node.value)) {
        out += (out.empty() ? "" : ", ") + key_text(key) + " = " + inline_text(value);
    }
    return "{" + out + "}";
}

bool is_table(const DocumentNode& node) {
    return std::holds_alternative<DocumentTable>(node.value);
}

bool is_list_of_tables(const DocumentNode& node) {
    const auto* list = std::get_if<DocumentList>(&node.value);
    return list != nullptr && !list->empty() && std::all_of(list->begin(), list->end(), is_table);
}

void write_members(std::string& out, const DocumentTable& table) {
    for (const auto& [key, value] : table)
        out += key_text(key) + " = " + inline_text(value) + "\n";
}

}  // namespace

std::string write_document(const DocumentNode& root) {
    const auto* table = std::get_if<DocumentTable>(&root.value);
    if (table == nullptr) throw std::logic_error("a document's root is a table");
    std::string out;
    for (const auto& [key, value] : *table) {
        if (!is_table(value) && !is_list_of_tables(value)) {
            out += key_text(key) + " = " + inline_text(value) + "\n";
        }
    }
    for (const auto& [key, value] : *table) {
        if (!is_table(value)) continue;
        out += "\n[" + key_text(key) + "]\n";
        write_members(out, std::get<DocumentTable>(value.value));
    }
    for (const auto& [key, value] : *table) {
        if (!is_list_of_tables(value)) continue;
        for (const DocumentNode& member : std::get<DocumentList>(value.value)) {
            out += "\n[[" + key_text(key) + "]]\n";
            write_members(out, std::get<DocumentTable>(member.value));
        }
    }
    return out;
}

}  // namespace hallmark
