#include "db/arrays.h"
#include "db/claims.h"
#include "db/columns.h"

#include <optional>

namespace hallmark {
namespace {

/// In the statement, for a limit that a policy does not have.
constexpr std::int64_t no_limit = -1;

std::int64_t cap_of(const std::optional<std::uint64_t>& limit) {
    return limit ? static_cast<std::int64_t>(*limit) : no_limit;
}

/// "limit: lot has used all of this station's share", "limit: site has used all of it this shift"
std::string overdrawn(const pqxx::row& row) {
    std::string detail = "limit: " + row[0].as<std::string>() + " has used all of ";
    detail += row[2].as<bool>() ? "this station's share" : "it";
    if (const auto per = row[1].as<std::string>(); per != "all") detail += " this " + per;
    return detail;
}

}  // namespace

// One statement for the whole batch, so that what its rows share is locked once and late, until the
// commit that follows at once. In order of the keys: nodes that charge the same ones do not wait
// for each other crosswise. The policy's limits come with the row, the layers' from their table and
// by the database's clock. A row that draws twice on one count, since two limits name it, draws
// once, and the lower limit holds. The count of an intermediate's signatures is kept in any case.
constexpr const char* charge_sql = R"sql(
    WITH s AS MATERIALIZED (
        SELECT w.*, t.site, t.site || '/' || t.line AS line
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[])
             WITH ORDINALITY
             AS w (station, product, lot, intermediate, station_cap, lot_cap, share_cap, i)
        JOIN station t ON t.id = w.station
    ), local AS MATERIALIZED (
        SELECT d.site, k.*
        FROM (SELECT DISTINCT site FROM s) d, site_clock(d.site, clock_timestamp()) k
    ), drawn AS (
        SELECT i, site, 'station' AS kind, station AS id, product, 'all' AS per, '' AS of_one, station_cap AS cap
        FROM s
        WHERE station_cap >= 0
        UNION ALL
        SELECT i, site, 'lot', lot, product, 'all', t.of_one, t.cap
        FROM s CROSS JOIN LATERAL (VALUES ('', lot_cap), (station, share_cap)) t (of_one, cap)
        WHERE t.cap >= 0
        UNION ALL
        SELECT i, site, 'intermediate', intermediate, '', 'all', '', 9223372036854775807
        FROM s
        UNION ALL
        SELECT s.i, s.site, b.layer, b.id, '', b.per, t.of_one, t.cap
        FROM s
        CROSS JOIN LATERAL (VALUES ('product', product), ('lot', lot), ('line', line), ('site', site),
                                   ('station', station), ('intermediate', intermediate)) d (layer, id)
        JOIN budget b ON b.layer = d.layer AND b.id = d.id AND b.active
        CROSS JOIN LATERAL (VALUES ('', b.count), (s.station, b.station_share)) t (of_one, cap)
        WHERE t.cap IS NOT NULL
    ), wanted AS MATERIALIZED (
        SELECT kind, id, product, per,
               CASE WHEN per = 'all' THEN to_timestamp(0)
                    WHEN kind IN ('product', 'intermediate')
                    THEN date_trunc(per, clock_timestamp() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
                    WHEN per = 'hour' THEN local.hour
                    WHEN per = 'day' THEN local.day
                    ELSE local.shift END AS begins,
               of_one, count(DISTINCT i) AS units, min(cap) AS cap
        FROM drawn JOIN local USING (site)
        GROUP BY 1, 2, 3, 4, 5, 6
    ), charged AS (
        INSERT INTO usage AS u (kind, id, product, per, begins, station, used, cap)
        SELECT kind, id, product, per, begins, of_one, units, cap
        FROM wanted
        WHERE units <= cap
        ORDER BY kind, id, product, per, begins, of_one
        ON CONFLICT (kind, id, product, per, begins, station)
        DO UPDATE SET used = u.used + excluded.used, cap = excluded.cap
        WHERE u.used + excluded.used <= excluded.cap
        RETURNING kind, id, product, per, begins, station
    )
    SELECT w.kind, w.per, w.of_one <> ''
    FROM wanted w
    WHERE NOT EXISTS (SELECT FROM charged c
                      WHERE (c.kind, c.id, c.product, c.per, c.begins, c.station)
                            = (w.kind, w.id, w.product, w.per, w.begins, w.of_one))
    ORDER BY w.kind, w.per, w.of_one
    LIMIT 1
)sql";
Result<Done> charge_limits(Tx& tx, const IntentRows& rows) {
    const pqxx::result left = run_prepared(
        tx, charge_sql, texts(rows, [](auto* e) { return std::string_view(e->row.station.get()); }),
        texts(rows, [](auto* e) { return std::string_view(e->row.product.get()); }),
        texts(rows, [](auto* e) { return std::string_view(e->row.lot.get()); }),
        texts(rows, [](auto* e) { return std::string_view(e->row.intermediate.get()); }),
        numbers(rows, [](auto* e) { return cap_of(e->row.station_limit); }),
        numbers(rows, [](auto* e) { return cap_of(e->row.lot_limit); }),
        numbers(rows, [](auto* e) { return cap_of(e->row.lot_station_limit); }));
    if (left.empty()) return Done{};
    return all_or(0, 1, rows.size(), {Reason::limited, overdrawn(left[0])});
}

}  // namespace hallmark
