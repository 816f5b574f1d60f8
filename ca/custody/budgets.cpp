#include "ca/custody/budgets.h"

#include "ca/audit/event.h"

#include <algorithm>
#include <array>
#include <set>

namespace hallmark {
namespace {

constexpr std::uint64_t most_units = 1'000'000'000'000;
constexpr std::size_t most_shifts = 16;
constexpr std::size_t most_uses = 10'000;
constexpr std::array<std::string_view, 6> layers{"product", "lot",     "line",
                                                 "site",    "station", "intermediate"};
constexpr std::array<std::string_view, 4> windows{"all", "day", "shift", "hour"};

Refusal malformed(std::string why) {
    return {Reason::malformed_request, std::move(why)};
}

template <std::size_t N>
bool is_among(const std::array<std::string_view, N>& known, std::string_view name) {
    return std::find(known.begin(), known.end(), name) != known.end();
}

Result<Done> check_id(const BudgetRow& budget) {
    const auto slash = budget.id.find('/');
    if (budget.layer != "line") {
        HALLMARK_TRY(slug, parse_slug(budget.id, budget.layer));
        return Done{};
    }
    if (slash == std::string::npos) return malformed("line: its id is SITE/LINE");
    HALLMARK_TRY(site, parse_slug(budget.id.substr(0, slash), "site"));
    HALLMARK_TRY(line, parse_slug(budget.id.substr(slash + 1), "line"));
    return Done{};
}

bool is_time_of_day(std::string_view text) {
    const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
    if (text.size() != 5 || text[2] != ':') return false;
    if (!digit(0) || !digit(1) || !digit(3) || !digit(4)) return false;
    const int hour = (text[0] - '0') * 10 + (text[1] - '0');
    const int minute = (text[3] - '0') * 10 + (text[4] - '0');
    return hour < 24 && minute < 60;
}

Result<Done> check_shift(const ShiftRow& shift) {
    HALLMARK_TRY(name, parse_slug(shift.name, "shift"));
    const std::set<int> weekdays(shift.weekdays.begin(), shift.weekdays.end());
    if (weekdays.empty() || weekdays.size() != shift.weekdays.size() || *weekdays.begin() < 1 ||
        *weekdays.rbegin() > 7)
        return malformed("shift " + shift.name + ": weekdays are of 1 to 7, each once");
    if (!is_time_of_day(shift.begins) || !is_time_of_day(shift.ends))
        return malformed("shift " + shift.name + ": times are HH:MM");
    return Done{};
}

std::string share_of(const BudgetRow& budget) {
    return budget.station_share ? std::to_string(*budget.station_share) : std::string();
}

std::string subject_of(const BudgetRow& budget) {
    return "budget/" + budget.layer + "/" + budget.id + "/" + budget.per;
}

}  // namespace

bool raises(const BudgetRow& budget, const BudgetRow& before) noexcept {
    return budget.count > before.count ||
           budget.station_share.value_or(0) > before.station_share.value_or(0);
}

Result<Done> check_budget(const BudgetRow& budget) {
    if (!is_among(layers, budget.layer)) return malformed("layer: unknown name");
    if (!is_among(windows, budget.per)) return malformed("per: unknown name");
    if (budget.per == "shift" && (budget.layer == "product" || budget.layer == "intermediate"))
        return malformed("per: shifts are a site's");
    HALLMARK_TRY(id, check_id(budget));
    if (budget.count > most_units) return malformed("count: more than 10^12");
    const bool shares = budget.layer != "station";
    if (shares != budget.station_share.has_value())
        return malformed(shares ? "station_share: missing"
                                : "station_share: a station has no share");
    if (shares && *budget.station_share > budget.count)
        return malformed("station_share: more than the whole");
    return Done{};
}

Result<Done> check_calendar(const CalendarRow& calendar) {
    HALLMARK_TRY(site, parse_slug(calendar.site.get(), "site"));
    if (calendar.time_zone.empty() || calendar.time_zone.size() > 64)
        return malformed("time_zone: 1 to 64 characters");
    if (calendar.shifts.size() > most_shifts) return malformed("shifts: more than 16");
    std::set<std::string> names;
    for (const ShiftRow& shift : calendar.shifts) {
        HALLMARK_TRY(sound, check_shift(shift));
        if (!names.insert(shift.name).second)
            return malformed("shift " + shift.name + ": named twice");
    }
    return Done{};
}

std::string text_of(const ShiftRow& shift) {
    std::string weekdays;
    for (const int weekday : shift.weekdays)
        weekdays += (weekdays.empty() ? "" : ",") + std::to_string(weekday);
    return shift.name + " " + weekdays + " " + shift.begins + "-" + shift.ends;
}

std::uint64_t left_of(const BudgetUse& use) noexcept {
    return use.cap > use.used ? use.cap - use.used : 0;
}

Result<Done> set_budget(Tx& tx, const BudgetRow& budget, const Word& word, Instant now) {
    HALLMARK_TRY(sound, check_budget(budget));
    const auto before = Budgets(tx).find(budget.layer, budget.id, budget.per);
    Budgets(tx).set(budget, word.actor, now);
    append_event(tx,
                 {.type = "budget.set",
                  .subject = subject_of(budget),
                  .actor = word.actor,
                  .time = now,
                  .facts = {{"count", std::to_string(budget.count)},
                            {"station_share", share_of(budget)},
                            {"count_before", before ? std::to_string(before->count) : ""},
                            {"station_share_before", before ? share_of(*before) : ""}}},
                 word);
    return Done{};
}

Result<Done> set_calendar(Tx& tx, const CalendarRow& calendar, const Word& word, Instant now) {
    HALLMARK_TRY(sound, check_calendar(calendar));
    if (!Budgets(tx).knows_zone(calendar.time_zone))
        return malformed("time_zone: not a name of the time zone database");
    Budgets(tx).set(calendar, word.actor, now);
    std::string shifts;
    for (const ShiftRow& shift : calendar.shifts)
        shifts += (shifts.empty() ? "" : "; ") + text_of(shift);
    append_event(tx,
                 {.type = "calendar.set",
                  .subject = "site/" + calendar.site.get(),
                  .actor = word.actor,
                  .time = now,
                  .facts = {{"time_zone", calendar.time_zone}, {"shifts", shifts}}},
                 word);
    return Done{};
}

Result<Done> BudgetService::lower(const BudgetRow& budget, const Word& word, Instant now) {
    HALLMARK_TRY(sound, check_budget(budget));
    return database_.transact([&](Tx& tx) -> Result<Done> {
        const auto before = Budgets(tx).find(budget.layer, budget.id, budget.per);
        if (before && raises(budget, *before))
            return Refusal{Reason::conflict, "budget: would rise, which two people decide"};
        return set_budget(tx, budget, word, now);
    });
}

std::vector<BudgetRow> BudgetService::budgets() {
    return database_.transact([](Tx& tx) { return Budgets(tx).all(); });
}

std::optional<CalendarRow> BudgetService::calendar(const SiteId& site) {
    return database_.transact([&](Tx& tx) { return Budgets(tx).calendar(site); });
}

std::vector<BudgetUse> BudgetService::uses(Budgets::Shares shares) {
    return database_.transact([&](Tx& tx) { return Budgets(tx).uses(shares, most_uses); });
}

std::vector<BudgetUse> BudgetService::warn(Instant now) {
    return database_.transact([&](Tx& tx) {
        auto marked = Budgets(tx).mark_warned();
        for (const BudgetUse& use : marked) {
            append_event(tx, {.type = "budget.warning",
                              .subject = "usage/" + use.layer + "/" + use.id + "/" + use.per,
                              .actor = "system",
                              .time = now,
                              .facts = {{"percent", std::to_string(use.warned)},
                                        {"used", std::to_string(use.used)},
                                        {"count", std::to_string(use.cap)},
                                        {"of_product", use.product},
                                        {"of_station", use.station},
                                        {"begins", to_rfc3339(use.begins)}}});
        }
        return marked;
    });
}

}  // namespace hallmark
