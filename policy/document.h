// A TOML document as a small tree of our own, each value with its line. The only door to the TOML
// library, and the one writer of canonical text. Refuses to know what a policy is; floats, dates
// and control characters do not exist.
#pragma once

#include "ca/domain/result.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hallmark {

struct DocumentNode;
using DocumentList = std::vector<DocumentNode>;
using DocumentTable =
    std::map<std::string, DocumentNode>;  ///< Sorted: order in a file means nothing.

struct DocumentNode {
    std::variant<std::string, std::int64_t, bool, DocumentList, DocumentTable> value;
    std::uint32_t line = 0;  ///< 1 is the first; 0 where the tree was not read from a text.
};

/// A policy is written by a person: what is larger than this was not.
struct DocumentLimits {
    std::size_t octets = 64 * 1024;
    std::size_t depth = 8;
    std::size_t nodes = 4096;
    std::size_t list = 128;
    std::size_t text = 1024;
    std::size_t key = 64;
};

/// The root is a table. Reason: too_large, or invalid_document; detail "line N: why". Duplicate
/// keys, invalid UTF-8, and characters that a reader cannot see (controls, bidirectional marks) are
/// refused.
[[nodiscard]] Result<DocumentNode> read_document(std::string_view text,
                                                 const DocumentLimits& limits = {});

/// Canonical text: keys sorted, plain values first, then tables, then lists of tables; one spelling
/// for everything. read_document() of it gives the same tree, lines aside. Throws std::logic_error
/// when the root is no table.
[[nodiscard]] std::string write_document(const DocumentNode& root);

}  // namespace hallmark
