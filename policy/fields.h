// Takes typed fields out of a document table, notes where each stood, and refuses what nobody asked
// for. Keeps the first refusal and goes on with defaults, so that a section reads as a list of its
// fields.
#pragma once

#include "ca/domain/clock.h"
#include "policy/document.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

/// Shared by all tables of one document.
struct DocumentReading {
    std::map<std::string, std::uint32_t> lines;
    std::optional<Refusal> refusal;

    /// detail "line N: path: why"; the first one stays.
    void refuse(std::string_view path, std::string_view why);
    [[nodiscard]] std::uint32_t line_of(std::string path) const;
};
/// Line of `path` or of its nearest written parent; 1 at least.
[[nodiscard]] std::uint32_t nearest_line(const std::map<std::string, std::uint32_t>& lines,
                                         std::string path);

struct NumberRange {
    std::int64_t least = 0;
    std::int64_t most = 0;
};

class FieldReader {
public:
    /// `node` may be null: every field is then absent. Both outlive the reader.
    FieldReader(const DocumentNode* node, std::string path, DocumentReading& reading);

    [[nodiscard]] bool has(std::string_view key) const;
    [[nodiscard]] std::string path_of(std::string_view key) const;
    void refuse(std::string_view key, std::string_view why);

    /// Required; not empty.
    std::string text(std::string_view key);
    std::optional<std::string> maybe_text(std::string_view key);
    std::vector<std::string> texts(std::string_view key);
    std::optional<std::int64_t> maybe_number(std::string_view key, NumberRange range);
    std::int64_t number(std::string_view key, NumberRange range, std::int64_t otherwise);
    bool flag(std::string_view key, bool otherwise);
    /// RFC 3339 text.
    std::optional<Instant> maybe_instant(std::string_view key);
    FieldReader table(std::string_view key);
    std::vector<FieldReader> tables(std::string_view key);
    [[nodiscard]] const DocumentNode* any(std::string_view key);
    /// Refuses the keys that were not read.
    void finish();

private:
    const DocumentTable* table_ = nullptr;
    std::string path_;
    DocumentReading* reading_;
    std::set<std::string, std::less<>> known_;
};

}  // namespace hallmark
