// The hard counts of every layer that an issuance passes through, the calendars that their windows
// go by, and what is used of each. Charging is the intent's own commit's: db/claims.h.
#pragma once

#include "ca/domain/clock.h"
#include "ca/domain/ids.h"
#include "db/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

/// One count of one layer's thing.
struct BudgetRow {
    std::string layer;  ///< product, lot, line, site, station, intermediate
    std::string id;     ///< A line's is SITE/LINE.
    std::string per;    ///< all, day, shift, hour
    std::uint64_t count = 0;
    std::optional<std::uint64_t> station_share;  ///< Of every layer but station.
};

/// Wall-clock minutes of a shift on the weekdays on which it begins.
struct ShiftRow {
    std::string name;
    std::vector<int> weekdays;  ///< ISO 8601: Monday is 1.
    std::string begins;         ///< HH:MM
    std::string ends;           ///< HH:MM; at or before `begins`: of the next day.
};

struct CalendarRow {
    SiteId site;
    std::string time_zone;  ///< Of the IANA database.
    std::vector<ShiftRow> shifts;
};

/// What is used of a count in one window.
struct BudgetUse {
    std::string layer;
    std::string id;
    std::string product;  ///< Empty where it counts all products.
    std::string per;
    Instant begins;
    std::string station;  ///< Whose share it is; empty for the whole.
    std::uint64_t used = 0;
    std::uint64_t cap = 0;
    int warned = 0;  ///< 0, 80 or 95 percent.
};

class Budgets {
public:
    explicit Budgets(Tx& tx) : tx_(tx) {}

    [[nodiscard]] std::optional<BudgetRow> find(std::string_view layer, std::string_view id,
                                                std::string_view per);
    /// In order of layer, id and window.
    [[nodiscard]] std::vector<BudgetRow> all();
    /// Ends the one before it.
    void set(const BudgetRow& budget, std::string_view actor, Instant at);

    /// Whether PostgreSQL knows the time zone by that name.
    [[nodiscard]] bool knows_zone(const std::string& time_zone);
    [[nodiscard]] std::optional<CalendarRow> calendar(const SiteId& site);
    void set(const CalendarRow& calendar, std::string_view actor, Instant at);

    /// What was charged in windows that may still run, lots that are closed left out; those of
    /// stations' shares only where `of_stations`. At most `limit` rows.
    enum class Shares { left_out, too };
    [[nodiscard]] std::vector<BudgetUse> uses(Shares shares, std::size_t limit);
    /// Marks those that reached 80 or 95 percent since they were last marked, and tells them.
    [[nodiscard]] std::vector<BudgetUse> mark_warned();

private:
    Tx& tx_;
};

}  // namespace hallmark
