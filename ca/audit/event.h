// The canonical event row: each act writes exactly one through append_event, in its own commit. The
// log will sequence these rows; until then they stand in order of their number.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "db/events.h"

#include <string>
#include <utility>
#include <vector>

namespace hallmark {

/// Facts of an event, in the order they are written; the canonical body sorts them.
using EventFacts = std::vector<std::pair<std::string, std::string>>;

struct Event {
    std::string type;     ///< "credential.issued", "station.enrolled", "issuance.refused", ...
    std::string subject;  ///< What it is about: "credential/<serial hex>", "station/st-1", ...
    std::string actor;    ///< "station/st-1", "operator/ada", "system/<node>".
    Instant time;
    EventFacts facts;
};

/// The row that append_event inserts, for whoever commits it together with others.
[[nodiscard]] EventEntry entry_of(const Event& event);
/// Inserts the row with its canonical body (JSON) and the body's SHA-256; returns the digest.
Digest append_event(Tx& tx, const Event& event);
/// The canonical body that append_event digests: type, subject, actor, time and facts.
[[nodiscard]] std::string canonical_body(const Event& event);

}  // namespace hallmark
