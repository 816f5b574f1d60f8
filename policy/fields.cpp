#include "policy/fields.h"

namespace hallmark {

std::uint32_t nearest_line(const std::map<std::string, std::uint32_t>& lines, std::string path) {
    while (!path.empty()) {
        const auto found = lines.find(path);
        if (found != lines.end() && found->second != 0) return found->second;
        const std::size_t cut = path.find_last_of(".[");
        path.resize(cut == std::string::npos ? 0 : cut);
    }
    return 1;
}

std::uint32_t DocumentReading::line_of(std::string path) const {
    return nearest_line(lines, std::move(path));
}

void DocumentReading::refuse(std::string_view path, std::string_view why) {
    if (refusal) return;
    refusal =
        Refusal{Reason::invalid_document, "line " + std::to_string(line_of(std::string(path))) +
                                              ": " + std::string(path) + ": " + std::string(why)};
}

FieldReader::FieldReader(const DocumentNode* node, std::string path, DocumentReading& reading)
    : path_(std::move(path)), reading_(&reading) {
    if (node == nullptr) return;
    table_ = std::get_if<DocumentTable>(&node->value);
    reading_->lines[path_] = node->line;
    if (table_ == nullptr) {
        reading_->refuse(path_, "must be a table");
        return;
    }
    for (const auto& [key, value] : *table_)
        reading_->lines[path_of(key)] = value.line;
}

bool FieldReader::has(std::string_view key) const {
    return table_ != nullptr && table_->contains(std::string(key));
}

std::string FieldReader::path_of(std::string_view key) const {
    return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

void FieldReader::refuse(std::string_view key, std::string_view why) {
    reading_->refuse(path_of(key), why);
}

const DocumentNode* FieldReader::any(std::string_view key) {
    known_.emplace(key);
    if (table_ == nullptr) return nullptr;
    const auto found = table_->find(std::string(key));
    return found == table_->end() ? nullptr : &found->second;
}

std::optional<std::string> FieldReader::maybe_text(std::string_view key) {
    const DocumentNode* node = any(key);
    if (node == nullptr) return std::nullopt;
    const auto* value = std::get_if<std::string>(&node->value);
    if (value == nullptr) {
        refuse(key, "must be text");
        return std::nullopt;
    }
    if (value->empty()) refuse(key, "must not be empty");
    return *value;
}

std::string FieldReader::text(std::string_view key) {
    auto value = maybe_text(key);
    if (!value) refuse(key, "is missing");
    return value.value_or(std::string());
}

std::vector<std::string> FieldReader::texts(std::string_view key) {
    const DocumentNode* node = any(key);
    if (node == nullptr) return {};
    const auto* list = std::get_if<DocumentList>(&node->value);
    if (list == nullptr) {
        refuse(key, "must be a list of texts");
        return {};
    }
    std::vector<std::string> out;
    for (std::size_t i = 0; i < list->size(); ++i) {
        const auto* value = std::get_if<std::string>(&(*list)[i].value);
        reading_->lines[path_of(key) + "[" + std::to_string(i) + "]"] = (*list)[i].line;
        if (value == nullptr || value->empty()) {
            refuse(key, "must be a list of texts");
            return {};
        }
        out.push_back(*value);
    }
    return out;
}

std::optional<std::int64_t> FieldReader::maybe_number(std::string_view key, NumberRange range) {
    const DocumentNode* node = any(key);
    if (node == nullptr) return std::nullopt;
    const auto* value = std::get_if<std::int64_t>(&node->value);
    if (value == nullptr || *value < range.least || *value > range.most) {
        refuse(key, "must be a whole number from " + std::to_string(range.least) + " to " +
                        std::to_string(range.most));
        return std::nullopt;
    }
    return *value;
}

std::int64_t FieldReader::number(std::string_view key, NumberRange range, std::int64_t otherwise) {
    return maybe_number(key, range).value_or(otherwise);
}

bool FieldReader::flag(std::string_view key, bool otherwise) {
    const DocumentNode* node = any(key);
    if (node == nullptr) return otherwise;
    const auto* value = std::get_if<bool>(&node->value);
    if (value == nullptr) refuse(key, "must be true or false");
    return value == nullptr ? otherwise : *value;
}

std::optional<Instant> FieldReader::maybe_instant(std::string_view key) {
    const auto value = maybe_text(key);
    if (!value) return std::nullopt;
    auto instant = from_rfc3339(*value);
    // An offset can lead past the years that four digits write; before 1970 nothing was issued.
    if (instant && (*instant < Instant() || *instant > no_expiry())) instant.reset();
    if (!instant) refuse(key, "must be a time like \"2026-11-23T10:00:00Z\"");
    return instant;
}

FieldReader FieldReader::table(std::string_view key) {
    return {any(key), path_of(key), *reading_};
}

std::vector<FieldReader> FieldReader::tables(std::string_view key) {
    const DocumentNode* node = any(key);
    if (node == nullptr) return {};
    const auto* list = std::get_if<DocumentList>(&node->value);
    if (list == nullptr) {
        refuse(key, "must be a list of tables");
        return {};
    }
    std::vector<FieldReader> out;
    for (std::size_t i = 0; i < list->size(); ++i) {
        out.emplace_back(&(*list)[i], path_of(key) + "[" + std::to_string(i) + "]", *reading_);
    }
    return out;
}

void FieldReader::finish() {
    if (table_ == nullptr) return;
    for (const auto& [key, value] : *table_) {
        if (!known_.contains(key)) refuse(key, "unknown key");
    }
}

}  // namespace hallmark
