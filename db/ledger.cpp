#include "db/ledger.h"

#include "db/arrays.h"
#include "db/columns.h"

namespace hallmark {

namespace {

ElementSums sums_in(const pqxx::row& row) {
    const auto number = [&](pqxx::row::size_type i) { return row[i].as<std::uint64_t>(); };
    return {.elements = number(0),
            .shelf = number(1),
            .scrapped = number(2),
            .returned = number(3),
            .open = number(4),
            .waiting = number(5),
            .installed = number(6),
            .in_hand = number(7),
            .tries = number(8),
            .done = number(9),
            .at_once = number(10),
            .wrong = number(11)};
}

std::vector<Imbalance> imbalances_in(const pqxx::result& rows) {
    std::vector<Imbalance> list;
    for (const auto& row : rows) {
        list.push_back({.kind = row[0].as<std::string>(),
                        .element = row[1].as<std::string>(),
                        .detail = row[2].as<std::string>()});
    }
    return list;
}

std::optional<LineTimes> times_in(const pqxx::row& row) {
    if (row[0].is_null()) return std::nullopt;
    return LineTimes{.p50_us = row[0].as<std::uint64_t>(), .p90_us = row[1].as<std::uint64_t>()};
}

std::vector<EvidenceFailures> failures_in(const pqxx::result& rows) {
    std::vector<EvidenceFailures> list;
    for (const auto& row : rows) {
        list.push_back({.format = row[0].as<std::string>(),
                        .model = row[1].as<std::string>(),
                        .firmware = row[2].as<std::string>(),
                        .count = row[3].as<std::uint64_t>()});
    }
    return list;
}

pqxx::binarystring stations_in(const Shift& shift) {
    return texts(shift.stations, [](auto& id) { return std::string_view(id.get()); });
}

}  // namespace

// Between two statements of READ COMMITTED the line goes on, and a sum of both would fail for
// nothing.
constexpr const char* snapshot_sql = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";
Ledger::Ledger(Tx& tx) : tx_(tx) {
    tx_.raw().exec0(snapshot_sql);
}

constexpr const char* sums_of_lot_sql = R"sql(
    SELECT count(*),
           count(*) FILTER (WHERE state IN ('received', 'allotted', 'held')),
           count(*) FILTER (WHERE state = 'scrapped'),
           count(*) FILTER (WHERE state = 'returned'),
           count(*) FILTER (WHERE tried > 0 AND NOT installed AND open AND state NOT IN ('scrapped', 'returned')),
           count(*) FILTER (WHERE tried > 0 AND NOT installed AND NOT open AND state NOT IN ('scrapped', 'returned')),
           count(*) FILTER (WHERE installed AND state NOT IN ('scrapped', 'returned')),
           count(*) FILTER (WHERE tried > 0),
           COALESCE(sum(tried), 0)::bigint,
           count(*) FILTER (WHERE installed),
           count(*) FILTER (WHERE installed AND tried = 1),
           count(*) FILTER (WHERE cardinality(wrong) > 0)
    FROM element_standing
    WHERE lot = $1
)sql";
ElementSums Ledger::sums_of(const LotId& lot) {
    return sums_in(tx_.raw().exec_params1(sums_of_lot_sql, lot.get()));
}

constexpr const char* units_of_lot_sql = R"sql(
    SELECT COALESCE(sum(units), 0)::bigint FROM manifest WHERE lot = $1
)sql";
std::uint64_t Ledger::units_of(const LotId& lot) {
    return tx_.raw().exec_params1(units_of_lot_sql, lot.get())[0].as<std::uint64_t>();
}

constexpr const char* wrong_in_lot_sql = R"sql(
    SELECT kind, element, 'element is ' || state || ', with ' || tried || ' credentials'
    FROM element_standing
    CROSS JOIN LATERAL unnest(wrong) AS kind
    WHERE lot = $1 AND cardinality(wrong) > 0
    ORDER BY element, kind
    LIMIT $2
)sql";
std::vector<Imbalance> Ledger::wrong_in(const LotId& lot, std::size_t limit) {
    return imbalances_in(tx_.raw().exec_params(wrong_in_lot_sql, lot.get(), limit));
}

constexpr const char* uneven_manifests_sql = R"sql(
    SELECT 'elements-not-as-the-manifest', '',
           'manifest ' || encode(COALESCE(m.sha256, e.manifest), 'hex') || ' listed ' || COALESCE(m.units, 0)
           || ' units, the lot has ' || COALESCE(e.elements, 0) || ' elements of it'
    FROM (SELECT sha256, units FROM manifest WHERE lot = $1) AS m
    FULL JOIN (SELECT manifest, count(*) AS elements FROM element WHERE lot = $1 GROUP BY manifest) AS e
        ON e.manifest = m.sha256
    WHERE m.units IS DISTINCT FROM e.elements
    ORDER BY 3
    LIMIT $2
)sql";
std::vector<Imbalance> Ledger::uneven_manifests(const LotId& lot, std::size_t limit) {
    return imbalances_in(tx_.raw().exec_params(uneven_manifests_sql, lot.get(), limit));
}

constexpr const char* last_count_sql = R"sql(
    SELECT number, units, expected
    FROM stock_count
    WHERE lot = $1
    ORDER BY number DESC
    LIMIT 1
)sql";
std::optional<StockCountRow> Ledger::last_count(const LotId& lot) {
    const pqxx::result rows = tx_.raw().exec_params(last_count_sql, lot.get());
    if (rows.empty()) return std::nullopt;
    return StockCountRow{.number = rows[0][0].as<std::uint64_t>(),
                         .units = rows[0][1].as<std::uint64_t>(),
                         .expected = rows[0][2].as<std::uint64_t>()};
}

constexpr const char* times_of_lot_sql = R"sql(
    SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY took), percentile_disc(0.9) WITHIN GROUP (ORDER BY took)
    FROM (SELECT GREATEST(micros(i.at) - micros(c.reserved_at), 0) AS took
          FROM element e
          JOIN credential c ON c.element = e.id
          JOIN installation i ON i.serial = c.serial
          WHERE e.lot = $1) AS line
)sql";
std::optional<LineTimes> Ledger::times_of(const LotId& lot) {
    return times_in(tx_.raw().exec_params1(times_of_lot_sql, lot.get()));
}

// A refusal that names no listed element may be any lot's of the product at the site: it is told
// with each of them.
constexpr const char* failures_of_lot_sql = R"sql(
    SELECT COALESCE(r.format, ''), COALESCE(r.model, e.model, ''), COALESCE(r.firmware, ''), count(*)
    FROM lot l
    JOIN station s ON s.site = l.site
    JOIN refusal r ON r.station = s.id AND r.product = l.product
    LEFT JOIN element e ON e.id = r.element
    WHERE l.id = $1 AND r.reason IN ('evidence-not-accepted', 'policy-denied') AND COALESCE(e.lot, $1) = $1
      AND r.at >= (SELECT min(at) FROM event WHERE lot = $1 AND type = 'lot.allotted')
    GROUP BY 1, 2, 3
    ORDER BY 1, 2, 3
    LIMIT $2
)sql";
std::vector<EvidenceFailures> Ledger::failures_of(const LotId& lot, std::size_t limit) {
    return failures_in(tx_.raw().exec_params(failures_of_lot_sql, lot.get(), limit));
}

constexpr const char* stations_of_sql = R"sql(
    SELECT id
    FROM station
    WHERE site = $1 AND line = $2
    ORDER BY id
)sql";
std::vector<StationId> Ledger::stations_of(const SiteId& site, const LineId& line) {
    std::vector<StationId> stations;
    for (const auto& row : tx_.raw().exec_params(stations_of_sql, site.get(), line.get()))
        stations.emplace_back(row[0].as<std::string>());
    return stations;
}

constexpr const char* has_station_sql = R"sql(
    SELECT EXISTS (SELECT FROM station WHERE id = $1)
)sql";
bool Ledger::has_station(const StationId& station) {
    return tx_.raw().exec_params1(has_station_sql, station.get())[0].as<bool>();
}

constexpr const char* sums_of_shift_sql = R"sql(
    WITH hand AS MATERIALIZED (
        SELECT element, count(*) AS tries
        FROM credential
        WHERE station = ANY ($1::text[]) AND reserved_at >= $2::timestamptz AND reserved_at < $3::timestamptz
        GROUP BY element)
    SELECT count(*),
           count(*) FILTER (WHERE state IN ('received', 'allotted', 'held')),
           count(*) FILTER (WHERE state = 'scrapped'),
           count(*) FILTER (WHERE state = 'returned'),
           count(*) FILTER (WHERE NOT installed AND open AND state NOT IN ('scrapped', 'returned')),
           count(*) FILTER (WHERE NOT installed AND NOT open AND state NOT IN ('scrapped', 'returned')),
           count(*) FILTER (WHERE installed AND state NOT IN ('scrapped', 'returned')),
           count(*),
           COALESCE(sum(tries), 0)::bigint,
           count(*) FILTER (WHERE installed),
           count(*) FILTER (WHERE installed AND tried = 1),
           count(*) FILTER (WHERE cardinality(wrong) > 0)
    FROM hand
    JOIN element_standing USING (element)
)sql";
ElementSums Ledger::sums_of(const Shift& shift) {
    return sums_in(tx_.raw().exec_params1(sums_of_shift_sql, stations_in(shift),
                                          to_rfc3339(shift.from), to_rfc3339(shift.until)));
}

constexpr const char* units_of_shift_sql = R"sql(
    SELECT count(DISTINCT element)
    FROM credential
    WHERE station = ANY ($1::text[]) AND reserved_at >= $2::timestamptz AND reserved_at < $3::timestamptz
)sql";
std::uint64_t Ledger::units_of(const Shift& shift) {
    return tx_.raw()
        .exec_params1(units_of_shift_sql, stations_in(shift), to_rfc3339(shift.from),
                      to_rfc3339(shift.until))[0]
        .as<std::uint64_t>();
}

constexpr const char* wrong_in_shift_sql = R"sql(
    WITH hand AS MATERIALIZED (
        SELECT DISTINCT element
        FROM credential
        WHERE station = ANY ($1::text[]) AND reserved_at >= $2::timestamptz AND reserved_at < $3::timestamptz)
    SELECT kind, element, 'element is ' || state || ', with ' || tried || ' credentials'
    FROM hand
    JOIN element_standing USING (element)
    CROSS JOIN LATERAL unnest(wrong) AS kind
    ORDER BY element, kind
    LIMIT $4
)sql";
std::vector<Imbalance> Ledger::wrong_in(const Shift& shift, std::size_t limit) {
    return imbalances_in(tx_.raw().exec_params(wrong_in_shift_sql, stations_in(shift),
                                               to_rfc3339(shift.from), to_rfc3339(shift.until),
                                               limit));
}

constexpr const char* times_of_shift_sql = R"sql(
    SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY took), percentile_disc(0.9) WITHIN GROUP (ORDER BY took)
    FROM (SELECT GREATEST(micros(i.at) - micros(c.reserved_at), 0) AS took
          FROM credential c
          JOIN installation i ON i.serial = c.serial
          WHERE c.station = ANY ($1::text[]) AND c.reserved_at >= $2::timestamptz
            AND c.reserved_at < $3::timestamptz) AS line
)sql";
std::optional<LineTimes> Ledger::times_of(const Shift& shift) {
    return times_in(tx_.raw().exec_params1(times_of_shift_sql, stations_in(shift),
                                           to_rfc3339(shift.from), to_rfc3339(shift.until)));
}

constexpr const char* failures_of_shift_sql = R"sql(
    SELECT COALESCE(r.format, ''), COALESCE(r.model, e.model, ''), COALESCE(r.firmware, ''), count(*)
    FROM refusal r
    LEFT JOIN element e ON e.id = r.element
    WHERE r.station = ANY ($1::text[]) AND r.at >= $2::timestamptz AND r.at < $3::timestamptz
      AND r.reason IN ('evidence-not-accepted', 'policy-denied')
    GROUP BY 1, 2, 3
    ORDER BY 1, 2, 3
    LIMIT $4
)sql";
std::vector<EvidenceFailures> Ledger::failures_of(const Shift& shift, std::size_t limit) {
    return failures_in(tx_.raw().exec_params(failures_of_shift_sql, stations_in(shift),
                                             to_rfc3339(shift.from), to_rfc3339(shift.until),
                                             limit));
}

constexpr const char* insert_count_sql = R"sql(
    INSERT INTO stock_count (lot, units, expected, counted_by)
    SELECT $1, $2, count(*), $3
    FROM element
    WHERE lot = $1 AND state IN ('received', 'allotted', 'held')
    RETURNING number, units, expected
)sql";
StockCountRow StockCounts::insert(const Counted& counted) {
    const pqxx::row row =
        tx_.raw().exec_params1(insert_count_sql, counted.lot.get(), counted.units, counted.by);
    return {.number = row[0].as<std::uint64_t>(),
            .units = row[1].as<std::uint64_t>(),
            .expected = row[2].as<std::uint64_t>()};
}

}  // namespace hallmark
