// A name with typed holes, parsed once when the policy is loaded. Filling puts checked values into
// the holes; what comes out is never parsed again. Values are refused, never normalised or cut.
#pragma once

#include "ca/domain/result.h"
#include "policy/grant.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

enum class Hole { device, element_serial, unique_id, vendor, lot, site, range };
/// "device", "element_serial", "unique_id", "vendor", "lot", "site", "range"
[[nodiscard]] std::string_view name_of(Hole hole) noexcept;

/// Either literal text or a hole.
struct TemplatePart {
    std::string literal;
    std::optional<Hole> hole;
};

struct NameTemplate {
    std::vector<TemplatePart> parts;  ///< No two literals side by side.

    [[nodiscard]] bool has(Hole hole) const noexcept;
    [[nodiscard]] bool has_hole() const noexcept;
    /// The text that parse_template() took.
    [[nodiscard]] std::string text() const;
};

/// "line-{site}-{device}". Braces stand for holes alone. Reason: invalid_document.
[[nodiscard]] Result<NameTemplate> parse_template(std::string_view text);

/// Longest value that a hole may have.
inline constexpr std::size_t hole_limit = 64;

/// What the holes are filled with.
struct HoleValues {
    const RequestFacts& facts;
    std::string device;        ///< The identity, once it is made; empty before.
    unsigned range_width = 0;  ///< Digits of {range}, zero-padded.
    bool refuse_matter =
        false;  ///< Matter's CN fallback marks `Mvid:` and `Mpid:` may not come from outside.
};

/// A value as it goes into a hole: 1 to 64 of [A-Za-z0-9.:-]. Reason: policy_denied, detail
/// "identity: ...".
[[nodiscard]] Result<std::string> value_of(Hole hole, const HoleValues& values);
[[nodiscard]] Result<std::string> fill(const NameTemplate& pattern, const HoleValues& values);

}  // namespace hallmark
