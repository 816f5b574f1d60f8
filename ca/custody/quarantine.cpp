#include "ca/custody/quarantine.h"

#include "ca/audit/event.h"

namespace hallmark {
namespace {

constexpr std::size_t most_name = 64;
constexpr std::size_t most_cause = 1024;

Result<Done> check_order(const QuarantineOrder& order) {
    HALLMARK_TRY(vendor, parse_slug(order.vendor.get(), "vendor"));
    if (order.model.empty() || order.model.size() > most_name)
        return Refusal{Reason::malformed_request, "model: 1 to 64 characters"};
    if (order.firmware.size() > most_name)
        return Refusal{Reason::malformed_request, "firmware: at most 64 characters"};
    if (order.cause.empty() || order.cause.size() > most_cause)
        return Refusal{Reason::malformed_request, "cause: 1 to 1024 characters"};
    return Done{};
}

void append(Tx& tx, const char* type, const QuarantineRow& row, const Word& word, Instant now) {
    append_event(tx,
                 {.type = type,
                  .subject = "quarantine/" + std::to_string(row.number),
                  .actor = word.actor,
                  .time = now,
                  .facts = {{"vendor", row.vendor.get()},
                            {"model", row.model},
                            {"firmware", row.firmware},
                            {"cause", row.cause}}},
                 word);
}

}  // namespace

Result<QuarantineRow> QuarantineService::begin(const QuarantineOrder& order, const Word& word,
                                               Instant now) {
    HALLMARK_TRY(sound, check_order(order));
    QuarantineRow row{.number = 0,
                      .vendor = order.vendor,
                      .model = order.model,
                      .firmware = order.firmware,
                      .cause = order.cause,
                      .actor = word.actor,
                      .at = now,
                      .lifted = false};
    return database_.transact([&](Tx& tx) -> Result<QuarantineRow> {
        const auto number = Quarantines(tx).begin(row);
        if (!number) return Refusal{Reason::conflict, "that model is in quarantine already"};
        row.number = *number;
        append(tx, "quarantine.begun", row, word, now);
        return row;
    });
}

std::vector<QuarantineRow> QuarantineService::standing() {
    return database_.transact([](Tx& tx) { return Quarantines(tx).standing(); });
}

Result<std::vector<TouchedCredential>> QuarantineService::touched(std::int64_t number,
                                                                  const std::string& after,
                                                                  std::size_t limit) {
    return database_.transact([&](Tx& tx) -> Result<std::vector<TouchedCredential>> {
        const auto row = Quarantines(tx).find(number);
        if (!row) return Refusal{Reason::not_found, "no such quarantine"};
        return Quarantines(tx).touched(*row, after, limit);
    });
}

Result<Done> lift_quarantine(Tx& tx, std::int64_t number, const Word& word, Instant now) {
    const auto row = Quarantines(tx).find(number);
    if (!row) return Refusal{Reason::not_found, "no such quarantine"};
    if (!Quarantines(tx).lift(number, word.actor, now))
        return Refusal{Reason::conflict, "that quarantine was lifted before"};
    append(tx, "quarantine.lifted", *row, word, now);
    return Done{};
}

}  // namespace hallmark
