#include "ca/custody/ledger.h"

#include "ca/audit/event.h"
#include "ca/json/json.h"
#include "db/lots.h"

#include <boost/json.hpp>

namespace hallmark {

namespace {

namespace json = boost::json;

constexpr std::size_t most_listed = 100;
constexpr std::chrono::hours longest_shift{31 * 24};

/// Terms of an open lot, by its last count; of a closed one, whatever nobody accounted for.
void settle_shelf(const ElementSums& sums, bool is_closed,
                  const std::optional<StockCountRow>& count, LedgerReport& report) {
    LedgerTerms& terms = report.terms;
    terms.unused = sums.shelf;
    terms.in_process = sums.open + sums.waiting;
    if (is_closed) {
        terms.unused = 0;
        terms.in_process = sums.open;
        terms.missing = sums.shelf + sums.waiting;
        return;
    }
    if (!count) return;
    const std::string name = "count " + std::to_string(count->number) + " found " +
                             std::to_string(count->units) + " where the book had " +
                             std::to_string(count->expected);
    if (count->units > count->expected) {
        terms.unused = sums.shelf + (count->units - count->expected);
        report.imbalances.push_back({"more-counted-than-there-are", "", name});
        return;
    }
    terms.missing = count->expected - count->units;
    terms.unused = sums.shelf > terms.missing ? sums.shelf - terms.missing : 0;
    if (sums.shelf < terms.missing) {
        report.imbalances.push_back(
            {"missing-units-were-used", "",
             name + ", and the shelf has " + std::to_string(sums.shelf) + " by now"});
    }
}

void take_sums(const ElementSums& sums, LedgerReport& report) {
    report.terms.installed = sums.installed;
    report.terms.scrapped = sums.scrapped;
    report.terms.returned = sums.returned;
    report.wrong_elements = sums.wrong;
    report.in_hand = sums.in_hand;
    report.tries = sums.tries;
    report.installed_ever = sums.done;
    report.first_pass = sums.at_once;
}

LedgerReport report_of(Ledger& ledger, const LotRow& lot) {
    LedgerReport report;
    report.lot = lot;
    const ElementSums sums = ledger.sums_of(lot.lot);
    take_sums(sums, report);
    report.terms.received = ledger.units_of(lot.lot);
    if (sums.wrong != 0) report.imbalances = ledger.wrong_in(lot.lot, most_listed);
    for (Imbalance& uneven : ledger.uneven_manifests(lot.lot, most_listed))
        report.imbalances.push_back(std::move(uneven));
    settle_shelf(sums, lot.state == "closed", ledger.last_count(lot.lot), report);
    return report;
}

LedgerReport report_of(Ledger& ledger, const Shift& shift) {
    LedgerReport report;
    report.shift = shift;
    const ElementSums sums = ledger.sums_of(shift);
    take_sums(sums, report);
    report.terms.received = ledger.units_of(shift);
    if (sums.wrong != 0) report.imbalances = ledger.wrong_in(shift, most_listed);
    // A count is of a lot; what a station has in hand is not on the shelf.
    settle_shelf(sums, false, std::nullopt, report);
    report.failures = ledger.failures_of(shift, most_listed);
    report.times = ledger.times_of(shift);
    return report;
}

Result<Done> check_shift(Instant from, Instant until) {
    if (from >= until) return Refusal{Reason::malformed_request, "shift: ends before it begins"};
    if (until - from > longest_shift)
        return Refusal{Reason::malformed_request, "shift: longer than 31 days"};
    return Done{};
}

json::object encode(const LedgerTerms& terms) {
    return {{"received", terms.received},     {"unused", terms.unused},
            {"in_process", terms.in_process}, {"installed", terms.installed},
            {"scrapped", terms.scrapped},     {"returned", terms.returned},
            {"missing", terms.missing}};
}

json::array encode(const std::vector<Imbalance>& imbalances) {
    json::array list;
    for (const Imbalance& imbalance : imbalances) {
        json::object one{{"kind", imbalance.kind}, {"detail", imbalance.detail}};
        if (!imbalance.element.empty()) one.emplace("element", imbalance.element);
        list.push_back(std::move(one));
    }
    return list;
}

json::object encode_yield(const LedgerReport& report) {
    json::object yield{{"in_hand", report.in_hand},
                       {"first_pass", report.first_pass},
                       {"after_rework", report.installed_ever}};
    if (report.in_hand != 0) {
        yield.emplace("first_pass_permille", report.first_pass * 1000 / report.in_hand);
        yield.emplace("after_rework_permille", report.installed_ever * 1000 / report.in_hand);
    }
    return yield;
}

json::array encode(const std::vector<EvidenceFailures>& failures) {
    json::array list;
    for (const EvidenceFailures& failure : failures) {
        json::object one{{"count", failure.count}};
        if (!failure.format.empty()) one.emplace("format", failure.format);
        if (!failure.model.empty()) one.emplace("model", failure.model);
        if (!failure.firmware.empty()) one.emplace("firmware", failure.firmware);
        list.push_back(std::move(one));
    }
    return list;
}

void put_lot(const LotRow& lot, json::object& body) {
    body.emplace("lot", lot.lot.get());
    body.emplace("state", lot.state);
    body.emplace("vendor", lot.vendor.get());
    if (lot.product) body.emplace("product", lot.product->get());
    if (lot.site) body.emplace("site", lot.site->get());
    if (lot.line) body.emplace("line", lot.line->get());
}

void put_shift(const Shift& shift, json::object& body) {
    json::array stations;
    for (const StationId& station : shift.stations)
        stations.emplace_back(station.get());
    body.emplace("stations", std::move(stations));
    body.emplace("from", to_rfc3339(shift.from));
    body.emplace("to", to_rfc3339(shift.until));
}

}  // namespace

std::int64_t LedgerTerms::difference() const noexcept {
    return static_cast<std::int64_t>(received) -
           static_cast<std::int64_t>(unused + in_process + installed + scrapped + returned +
                                     missing);
}

std::string ledger_json(const LedgerReport& report) {
    json::object body{{"made_at", to_rfc3339(report.made_at)},
                      {"ledger", encode(report.terms)},
                      {"difference", report.terms.difference()},
                      {"balanced", report.balances()},
                      {"imbalances", encode(report.imbalances)},
                      {"wrong_elements", report.wrong_elements},
                      {"yield", encode_yield(report)},
                      {"retries", report.tries - report.in_hand},
                      {"attestation_failures", encode(report.failures)}};
    if (report.lot) put_lot(*report.lot, body);
    if (report.shift) put_shift(*report.shift, body);
    if (report.times) {
        body.emplace("time_per_device", json::object{{"p50_us", report.times->p50_us},
                                                     {"p90_us", report.times->p90_us}});
    }
    return canonical_json(body);
}

Result<LedgerReport> LedgerService::lot(const LotId& lot, Instant now) {
    return database_.transact([&](Tx& tx) -> Result<LedgerReport> {
        Ledger ledger(tx);
        const auto row = Lots(tx).find(lot);
        if (!row) return Refusal{Reason::not_found, "no such lot"};
        LedgerReport report = report_of(ledger, *row);
        report.failures = ledger.failures_of(lot, most_listed);
        report.times = ledger.times_of(lot);
        report.made_at = now;
        return report;
    });
}

Result<LedgerReport> LedgerService::station(const StationId& station, Instant from, Instant until,
                                            Instant now) {
    HALLMARK_TRY(fit, check_shift(from, until));
    return database_.transact([&](Tx& tx) -> Result<LedgerReport> {
        Ledger ledger(tx);
        if (!ledger.has_station(station)) return Refusal{Reason::not_found, "no such station"};
        LedgerReport report = report_of(ledger, Shift{{station}, from, until});
        report.made_at = now;
        return report;
    });
}

Result<LedgerReport> LedgerService::line(const Line& line, Instant from, Instant until,
                                         Instant now) {
    HALLMARK_TRY(fit, check_shift(from, until));
    return database_.transact([&](Tx& tx) -> Result<LedgerReport> {
        Ledger ledger(tx);
        auto stations = ledger.stations_of(line.site, line.line);
        if (stations.empty()) return Refusal{Reason::not_found, "no station of such a line"};
        LedgerReport report = report_of(ledger, Shift{std::move(stations), from, until});
        report.made_at = now;
        return report;
    });
}

Result<StockCountRow> LedgerService::count(const LotId& lot, std::uint64_t units,
                                           std::string_view actor, Instant now) {
    return database_.transact([&](Tx& tx) -> Result<StockCountRow> {
        // An issuance shares this lock: what the book says stands still while it is written down.
        const auto row = Lots(tx).find_locked(lot);
        if (!row) return Refusal{Reason::not_found, "no such lot"};
        if (row->state == "closed") return Refusal{Reason::conflict, "the lot is closed"};
        const StockCountRow counted =
            StockCounts(tx).insert({.lot = lot, .units = units, .by = std::string(actor)});
        append_event(tx, {.type = "lot.counted",
                          .subject = "lot/" + lot.get(),
                          .actor = std::string(actor),
                          .time = now,
                          .facts = {{"lot", lot.get()},
                                    {"count", std::to_string(counted.number)},
                                    {"units", std::to_string(counted.units)},
                                    {"expected", std::to_string(counted.expected)}}});
        return counted;
    });
}

std::vector<LotId> LedgerService::open_lots(std::size_t limit) {
    return database_.transact([&](Tx& tx) { return Lots(tx).open(limit); });
}

Result<LedgerService::Standing> LedgerService::standing(const LotId& lot) {
    return database_.transact([&](Tx& tx) -> Result<Standing> {
        Ledger ledger(tx);
        const auto row = Lots(tx).find(lot);
        if (!row) return Refusal{Reason::not_found, "no such lot"};
        const LedgerReport report = report_of(ledger, *row);
        return Standing{.terms = report.terms, .balances = report.balances()};
    });
}

}  // namespace hallmark
