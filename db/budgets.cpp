#include "db/budgets.h"

#include "db/columns.h"

#include <sstream>

namespace hallmark {
namespace {

BudgetRow budget_in(const pqxx::row& row) {
    BudgetRow budget{.layer = row[0].as<std::string>(),
                     .id = row[1].as<std::string>(),
                     .per = row[2].as<std::string>(),
                     .count = row[3].as<std::uint64_t>(),
                     .station_share = std::nullopt};
    if (!row[4].is_null()) budget.station_share = row[4].as<std::uint64_t>();
    return budget;
}

BudgetUse use_in(const pqxx::row& row) {
    return {.layer = row[0].as<std::string>(),
            .id = row[1].as<std::string>(),
            .product = row[2].as<std::string>(),
            .per = row[3].as<std::string>(),
            .begins = instant_in(row[4]),
            .station = row[5].as<std::string>(),
            .used = row[6].as<std::uint64_t>(),
            .cap = row[7].as<std::uint64_t>(),
            .warned = row[8].as<int>()};
}

}  // namespace

constexpr const char* find_sql = R"sql(
    SELECT layer, id, per, count, station_share
    FROM budget
    WHERE layer = $1 AND id = $2 AND per = $3 AND active
)sql";
std::optional<BudgetRow> Budgets::find(std::string_view layer, std::string_view id,
                                       std::string_view per) {
    const pqxx::result rows =
        tx_.raw().exec_params(find_sql, std::string(layer), std::string(id), std::string(per));
    if (rows.empty()) return std::nullopt;
    return budget_in(rows[0]);
}

constexpr const char* all_sql = R"sql(
    SELECT layer, id, per, count, station_share
    FROM budget
    WHERE active
    ORDER BY layer, id, per
)sql";
std::vector<BudgetRow> Budgets::all() {
    std::vector<BudgetRow> budgets;
    for (const auto& row : tx_.raw().exec(all_sql))
        budgets.push_back(budget_in(row));
    return budgets;
}

constexpr const char* end_sql = R"sql(
    UPDATE budget SET active = false WHERE layer = $1 AND id = $2 AND per = $3 AND active
)sql";
constexpr const char* set_sql = R"sql(
    INSERT INTO budget (layer, id, per, count, station_share, active, set_at, set_by)
    VALUES ($1, $2, $3, $4, $5, true, $6::timestamptz, $7)
)sql";
void Budgets::set(const BudgetRow& budget, std::string_view actor, Instant at) {
    tx_.raw().exec_params0(end_sql, budget.layer, budget.id, budget.per);
    tx_.raw().exec_params0(set_sql, budget.layer, budget.id, budget.per, budget.count,
                           budget.station_share, to_rfc3339(at), std::string(actor));
}

constexpr const char* zone_sql = R"sql(
    SELECT EXISTS (SELECT FROM pg_timezone_names WHERE name = $1)
)sql";
bool Budgets::knows_zone(const std::string& time_zone) {
    return tx_.raw().exec_params1(zone_sql, time_zone)[0].as<bool>();
}

constexpr const char* calendar_sql = R"sql(
    SELECT number, time_zone FROM site_calendar WHERE site = $1 AND active
)sql";
constexpr const char* shifts_sql = R"sql(
    SELECT name, array_to_string(weekdays, ' '), to_char(begins, 'HH24:MI'), to_char(ends, 'HH24:MI')
    FROM site_shift
    WHERE calendar = $1
    ORDER BY begins, name
)sql";
std::optional<CalendarRow> Budgets::calendar(const SiteId& site) {
    const pqxx::result rows = tx_.raw().exec_params(calendar_sql, site.get());
    if (rows.empty()) return std::nullopt;
    CalendarRow calendar{.site = site, .time_zone = rows[0][1].as<std::string>(), .shifts = {}};
    for (const auto& row : tx_.raw().exec_params(shifts_sql, rows[0][0].as<std::int64_t>())) {
        ShiftRow shift{.name = row[0].as<std::string>(),
                       .weekdays = {},
                       .begins = row[2].as<std::string>(),
                       .ends = row[3].as<std::string>()};
        std::istringstream weekdays(row[1].as<std::string>());
        for (int weekday = 0; weekdays >> weekday;)
            shift.weekdays.push_back(weekday);
        calendar.shifts.push_back(std::move(shift));
    }
    return calendar;
}

constexpr const char* end_calendar_sql = R"sql(
    UPDATE site_calendar SET active = false WHERE site = $1 AND active
)sql";
constexpr const char* set_calendar_sql = R"sql(
    INSERT INTO site_calendar (site, time_zone, active, applied_at, applied_by)
    VALUES ($1, $2, true, $3::timestamptz, $4)
    RETURNING number
)sql";
constexpr const char* set_shift_sql = R"sql(
    INSERT INTO site_shift (calendar, name, weekdays, begins, ends)
    VALUES ($1, $2, string_to_array($3, ' ')::integer[], $4::time, $5::time)
)sql";
void Budgets::set(const CalendarRow& calendar, std::string_view actor, Instant at) {
    tx_.raw().exec_params0(end_calendar_sql, calendar.site.get());
    const auto number = tx_.raw()
                            .exec_params1(set_calendar_sql, calendar.site.get(), calendar.time_zone,
                                          to_rfc3339(at), std::string(actor))[0]
                            .as<std::int64_t>();
    for (const ShiftRow& shift : calendar.shifts) {
        std::string weekdays;
        for (const int weekday : shift.weekdays)
            weekdays += (weekdays.empty() ? "" : " ") + std::to_string(weekday);
        tx_.raw().exec_params0(set_shift_sql, number, shift.name, weekdays, shift.begins,
                               shift.ends);
    }
}

// No window is longer than a day; where clocks are set back, than 25 hours. A count without a limit
// has nothing to tell.
constexpr const char* uses_sql = R"sql(
    SELECT u.kind, u.id, u.product, u.per, micros(u.begins), u.station, u.used, u.cap, u.warned
    FROM usage u
    LEFT JOIN lot l ON u.kind = 'lot' AND l.id = u.id
    WHERE (u.begins = to_timestamp(0) OR u.begins > clock_timestamp() - interval '25 hours')
      AND (u.station = '' OR $1) AND u.cap < 9223372036854775807 AND l.state IS DISTINCT FROM 'closed'
    ORDER BY u.begins DESC, u.kind, u.id, u.product, u.per, u.station
    LIMIT $2
)sql";
std::vector<BudgetUse> Budgets::uses(Shares shares, std::size_t limit) {
    std::vector<BudgetUse> uses;
    for (const auto& row : tx_.raw().exec_params(uses_sql, shares == Shares::too, limit))
        uses.push_back(use_in(row));
    return uses;
}

constexpr const char* mark_warned_sql = R"sql(
    UPDATE usage AS u
    SET warned = w.mark
    FROM (SELECT kind, id, product, per, begins, station,
                 CASE WHEN used >= cap * 0.95 THEN 95 WHEN used >= cap * 0.8 THEN 80 ELSE 0 END AS mark
          FROM usage
          WHERE (begins = to_timestamp(0) OR begins > clock_timestamp() - interval '25 hours')
            AND cap < 9223372036854775807) w
    WHERE (u.kind, u.id, u.product, u.per, u.begins, u.station)
          = (w.kind, w.id, w.product, w.per, w.begins, w.station)
      AND w.mark > u.warned
    RETURNING u.kind, u.id, u.product, u.per, micros(u.begins), u.station, u.used, u.cap, u.warned
)sql";
std::vector<BudgetUse> Budgets::mark_warned() {
    std::vector<BudgetUse> marked;
    for (const auto& row : tx_.raw().exec(mark_warned_sql))
        marked.push_back(use_in(row));
    return marked;
}

}  // namespace hallmark
