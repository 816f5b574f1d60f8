// What a layer may give in a window: counts for a product, lot, line, site, station or
// intermediate, each with the share of one station, and the calendars that the windows go by. The
// counts are charged with the intent, in its own commit (db/claims.h); here they are set and told.
#pragma once

#include "ca/domain/clock.h"
#include "ca/domain/result.h"
#include "ca/registry/word.h"
#include "db/budgets.h"
#include "db/database.h"

#include <string_view>
#include <vector>

namespace hallmark {

/// Known layer and window, ids that are slugs (a line's is SITE/LINE), a share where there is one
/// to have. Reason: malformed_request.
[[nodiscard]] Result<Done> check_budget(const BudgetRow& budget);
/// At most 16 shifts with names of their own, weekdays of 1 to 7, times HH:MM. The time zone is
/// asked of the database. Reason: malformed_request.
[[nodiscard]] Result<Done> check_calendar(const CalendarRow& calendar);

class BudgetService {
public:
    explicit BudgetService(Database& database) : database_(database) {}

    /// One person's act: bounds what had no bound, or lowers it. A count that would rise is refused
    /// as conflict: that is for two.
    [[nodiscard]] Result<Done> lower(const BudgetRow& budget, const Word& word, Instant now);
    [[nodiscard]] std::vector<BudgetRow> budgets();
    [[nodiscard]] std::optional<CalendarRow> calendar(const SiteId& site);
    /// Of the windows that may still run; at most 10,000.
    [[nodiscard]] std::vector<BudgetUse> uses(Budgets::Shares shares);
    /// Those that reached 80 or 95 percent of their count since the last call, each with an event.
    [[nodiscard]] std::vector<BudgetUse> warn(Instant now);

private:
    Database& database_;
};

/// In a transaction of the caller's, with their events: for what two people approved. The database
/// asks for their proposal where a count rises, and with each calendar.
[[nodiscard]] Result<Done> set_budget(Tx& tx, const BudgetRow& budget, const Word& word,
                                      Instant now);
[[nodiscard]] Result<Done> set_calendar(Tx& tx, const CalendarRow& calendar, const Word& word,
                                        Instant now);
/// Whether `budget` needs two people after that.
[[nodiscard]] bool raises(const BudgetRow& budget, const BudgetRow& before) noexcept;

/// "early 1,2,3 06:00-14:00": as it stands in events and proposals.
[[nodiscard]] std::string text_of(const ShiftRow& shift);
/// 0 where nothing is left.
[[nodiscard]] std::uint64_t left_of(const BudgetUse& use) noexcept;

}  // namespace hallmark
