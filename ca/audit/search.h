// The auditor's questions to the event rows: what happened to this device, serial, element, lot,
// and when. Reads what append_event wrote and judges nothing.
#pragma once

#include "ca/domain/ids.h"
#include "ca/domain/result.h"
#include "db/events.h"

#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

struct AuditQuery {
    EventKeys keys{};  ///< All that are set must hold.
    std::optional<std::string> subject{};
    std::optional<std::string> type{};
    std::optional<Instant> from{};   ///< Inclusive.
    std::optional<Instant> until{};  ///< Exclusive.
    std::uint32_t limit = 100;       ///< 1 to 1000.
    std::string cursor{};            ///< Of the page before; empty for the first.
};

struct AuditPage {
    std::vector<EventRow> rows;  ///< In order of their numbers.
    std::string next;            ///< Cursor of the next page; empty when this is the last.
};

/// Reason: malformed_request for a limit out of range, a cursor that no page gave, and keys or
/// times that no row can have.
[[nodiscard]] Result<AuditPage> search_events(Tx& tx, const AuditQuery& query);
/// A device's whole story, page by page.
[[nodiscard]] Result<AuditPage> timeline(Tx& tx, const DeviceId& device,
                                         std::string_view cursor = {});

}  // namespace hallmark
