#include "ca/custody/budgets.h"
#include "ca/custody/kinds.h"
#include "ca/custody/quarantine.h"
#include "ca/json/body.h"
#include "ca/registry/difference.h"

namespace hallmark {
namespace {

namespace json = boost::json;

constexpr std::uint64_t most_units = 1'000'000'000'000;

Result<BudgetRow> budget_in(const json::object& change) {
    Body body = Body::of(change);
    BudgetRow budget{.layer = body.text("layer", 16),
                     .id = body.text("id", 129),
                     .per = body.text("per", 8),
                     .count = body.number("count", most_units),
                     .station_share = body.number_if("station_share", most_units)};
    HALLMARK_TRY(whole, body.finish());
    HALLMARK_TRY(sound, check_budget(budget));
    return budget;
}

std::string shown(const std::optional<std::uint64_t>& number) {
    return number ? std::to_string(*number) : std::string();
}

Result<Survey> survey_budget(Tx& tx, const json::object& change, Instant) {
    HALLMARK_TRY(budget, budget_in(change));
    const auto before = Budgets(tx).find(budget.layer, budget.id, budget.per);
    if (before && before->count == budget.count && before->station_share == budget.station_share)
        return Refusal{Reason::conflict, "budget: it is so already"};
    const std::string share_before =
        before && before->station_share ? std::to_string(*before->station_share) : std::string();
    return Survey{
        .subjects = {"budget/" + budget.layer + "/" + budget.id + "/" + budget.per},
        .lines = {addition("layer", budget.layer), addition("id", budget.id),
                  addition("per", budget.per),
                  difference("count", before ? std::to_string(before->count) : "",
                             std::to_string(budget.count)),
                  difference("station share", share_before, shown(budget.station_share))}};
}

/// "early 1,2,3 06:00-14:00", as text_of(ShiftRow) writes it; check_calendar judges the parts.
std::optional<ShiftRow> shift_from(std::string_view text) {
    const auto first = text.find(' ');
    const auto second = text.find(' ', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) return std::nullopt;
    const std::string_view times = text.substr(second + 1);
    if (times.size() != 11 || times[5] != '-') return std::nullopt;
    ShiftRow shift{.name = std::string(text.substr(0, first)),
                   .weekdays = {},
                   .begins = std::string(times.substr(0, 5)),
                   .ends = std::string(times.substr(6))};
    const std::string_view weekdays = text.substr(first + 1, second - first - 1);
    if (weekdays.size() % 2 == 0) return std::nullopt;
    for (std::size_t i = 0; i < weekdays.size(); ++i) {
        const char c = weekdays[i];
        if (i % 2 == 0 ? c < '1' || c > '7' : c != ',') return std::nullopt;
        if (i % 2 == 0) shift.weekdays.push_back(c - '0');
    }
    return shift;
}

Result<CalendarRow> calendar_in(const json::object& change) {
    Body body = Body::of(change);
    CalendarRow calendar{.site = SiteId(body.text("site", 64)),
                         .time_zone = body.text("time_zone", 64),
                         .shifts = {}};
    for (const std::string& text : body.texts_if("shifts", 16)) {
        const auto shift = shift_from(text);
        if (!shift) {
            body.complain("shifts: each is NAME WEEKDAYS HH:MM-HH:MM");
            break;
        }
        calendar.shifts.push_back(*shift);
    }
    HALLMARK_TRY(whole, body.finish());
    HALLMARK_TRY(sound, check_calendar(calendar));
    return calendar;
}

std::string lines_of(const std::vector<ShiftRow>& shifts) {
    std::string lines;
    for (const ShiftRow& shift : shifts)
        lines += text_of(shift) + "\n";
    return lines;
}

Result<Survey> survey_calendar(Tx& tx, const json::object& change, Instant) {
    HALLMARK_TRY(calendar, calendar_in(change));
    if (!Budgets(tx).knows_zone(calendar.time_zone))
        return Refusal{Reason::malformed_request, "time_zone: not of the time zone database"};
    const auto before = Budgets(tx).calendar(calendar.site);
    Survey survey{
        .subjects = {"site/" + calendar.site.get()},
        .lines = {addition("site", calendar.site.get()),
                  difference("time zone", before ? before->time_zone : "UTC", calendar.time_zone)}};
    const std::string stands = before ? lines_of(before->shifts) : std::string();
    for (std::string& line : changed_lines(stands, lines_of(calendar.shifts)))
        survey.lines.push_back(std::move(line));
    if (calendar.shifts.empty()) survey.lines.push_back(addition("open", "always"));
    return survey;
}

Result<std::int64_t> number_in(const json::object& change) {
    Body body = Body::of(change);
    const std::string text = body.text("number", 18);
    HALLMARK_TRY(whole, body.finish());
    std::int64_t number = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return Refusal{Reason::not_found, "no such quarantine"};
        number = number * 10 + (c - '0');
    }
    return number;
}

Result<Survey> survey_lifting(Tx& tx, const json::object& change, Instant) {
    HALLMARK_TRY(number, number_in(change));
    const auto row = Quarantines(tx).find(number);
    if (!row) return Refusal{Reason::not_found, "no such quarantine"};
    if (row->lifted) return Refusal{Reason::conflict, "that quarantine was lifted before"};
    return Survey{
        .subjects = {"quarantine/" + std::to_string(number)},
        .lines = {addition("vendor", row->vendor.get()), addition("model", row->model),
                  addition("firmware", row->firmware.empty() ? "any" : row->firmware),
                  addition("cause", row->cause), difference("state", "in quarantine", "lifted")}};
}

}  // namespace

std::vector<ProposalKind> budget_kinds() {
    const std::vector<Role> either{Role::line_manager, Role::security_officer};
    return {
        {.name = "budget.set",
         .proposers = either,
         .approvers = either,
         .survey = survey_budget,
         .apply = [](const Word& word, const json::object& change, Instant now) -> Result<Done> {
             HALLMARK_TRY(budget, budget_in(change));
             return set_budget(*word.within, budget, word, now);
         }},
        {.name = "calendar.set",
         .proposers = either,
         .approvers = either,
         .survey = survey_calendar,
         .apply = [](const Word& word, const json::object& change, Instant now) -> Result<Done> {
             HALLMARK_TRY(calendar, calendar_in(change));
             return set_calendar(*word.within, calendar, word, now);
         }},
        {.name = "quarantine.lift",
         .proposers = either,
         .approvers = either,
         .survey = survey_lifting,
         .apply = [](const Word& word, const json::object& change, Instant now) -> Result<Done> {
             HALLMARK_TRY(number, number_in(change));
             return lift_quarantine(*word.within, number, word, now);
         }}};
}

}  // namespace hallmark
