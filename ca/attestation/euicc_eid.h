// The eUICC's number (EID) and the ranges of them that a manufacturer may give out. Within this
// room only.
#pragma once

#include "ca/domain/bytes.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

/// 32 digits that leave 1 when divided by 97 (GSMA SGP.29, section 10).
[[nodiscard]] bool is_eid(std::string_view text) noexcept;

/// One permitted subtree of an EUM's certificate: EIDs that begin with these digits, in
/// certificates of this organization where one is named.
struct EidRange {
    std::string prefix;
    std::optional<std::string> organization;
};

/// From the value of nameConstraints (RFC 5280 4.2.1.10), as GSMA SGP.22 4.5.2.1 uses it: permitted
/// subtrees alone, at most 16, each a directoryName of one serialNumber that is a prefix and at
/// most one organizationName. nullopt for anything else, since it would constrain in a way that
/// nobody judges.
[[nodiscard]] std::optional<std::vector<EidRange>> read_eid_ranges(ByteView name_constraints);

[[nodiscard]] bool is_in_range(const EidRange& range, std::string_view eid,
                               const std::optional<std::string>& organization) noexcept;

}  // namespace hallmark
