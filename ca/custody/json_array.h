// Cuts one long JSON array into the texts of its objects, so that a document of many megabytes is
// parsed entry by entry. Knows brackets and strings alone: what each text holds is ca/json's to
// judge.
#pragma once

#include "ca/custody/manifest_input.h"
#include "ca/domain/result.h"

#include <optional>
#include <string>

namespace hallmark {

struct JsonArrayLimits {
    std::uint64_t octets = 0;
    std::size_t entries = 0;
    std::size_t entry_octets = 0;
};

class JsonArray {
public:
    JsonArray(ManifestInput& input, const JsonArrayLimits& limits)
        : input_(input), limits_(limits) {}

    /// The next object's text, in order, white space and commas between them as in RFC 8259 section
    /// 5; nullopt after the last, when nothing but white space follows the array. An empty array is
    /// refused. Reason: invalid_document, too_large.
    [[nodiscard]] Result<std::optional<std::string>> next();

private:
    [[nodiscard]] bool take(char wanted);
    void skip_space();
    [[nodiscard]] std::optional<std::string> object();
    [[nodiscard]] Refusal bad(const std::string& what) const;

    ManifestInput& input_;
    const JsonArrayLimits limits_;
    std::size_t entries_ = 0;
};

}  // namespace hallmark
