// The event rows: appended in the commit of the act they tell of, read by the auditor's searches.
// Refuses to know what a body says; ca/audit writes it.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "db/database.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hallmark {

/// What an event can be found by. Each repeats a fact of the body.
struct EventKeys {
    std::optional<std::string> device{};
    std::optional<std::string> serial{};
    std::optional<std::string> element{};
    std::optional<std::string> station{};
    std::optional<std::string> lot{};
    std::optional<std::string> product{};
    std::optional<std::string> policy{};
};

struct EventRow {
    std::uint64_t number = 0;  ///< Given by the database; ignored by append.
    std::string type;
    std::string subject;
    std::string actor;
    Instant at;
    std::string body;
    Digest body_sha256{};
};

/// A row and what it is found by.
struct EventEntry {
    EventRow row;
    EventKeys keys;
};

/// All that are set must hold.
struct EventFilter {
    EventKeys keys{};
    std::optional<std::string> subject{};
    std::optional<std::string> type{};
    std::optional<Instant> from{};   ///< Inclusive.
    std::optional<Instant> until{};  ///< Exclusive.
    std::uint64_t after = 0;         ///< Numbers above this alone.
    std::uint32_t limit = 100;
};

class Events {
public:
    explicit Events(Tx& tx) : tx_(tx) {}

    /// The database compares body and digest again.
    void append(const EventEntry& entry);
    /// All of them in one statement, in this order.
    void append(std::span<const EventEntry* const> entries);
    /// In ascending order of their numbers, at most filter.limit.
    [[nodiscard]] std::vector<EventRow> search(const EventFilter& filter);

private:
    Tx& tx_;
};

}  // namespace hallmark
