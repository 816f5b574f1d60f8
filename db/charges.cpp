#include "db/arrays.h"
#include "db/claims.h"
#include "db/columns.h"

#include <map>
#include <optional>
#include <string>

namespace hallmark {
namespace {

/// In the statement, for a limit that a policy does not have.
constexpr std::int64_t no_limit = -1;

std::int64_t cap_of(const std::optional<std::uint64_t>& limit) {
    return limit ? static_cast<std::int64_t>(*limit) : no_limit;
}

/// "limit: lot has used all of this station's share", "limit: site has used all of it this shift".
/// From `column` on stand kind, window, and whether it is a share.
std::string overdrawn(const pqxx::row& row, pqxx::row::size_type column) {
    std::string detail = "limit: " + row[column].as<std::string>() + " has used all of ";
    detail += row[column + 2].as<bool>() ? "this station's share" : "it";
    if (const auto per = row[column + 1].as<std::string>(); per != "all") detail += " this " + per;
    return detail;
}

// What each row draws on. The policy's limits come with the row, the layers' from their table and
// by the database's clock. The count of an intermediate's signatures is kept in any case.
const std::string keyed_sql = R"sql(
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
    ), keyed AS MATERIALIZED (
        SELECT i, kind, id, product, per,
               CASE WHEN per = 'all' THEN to_timestamp(0)
                    WHEN kind IN ('product', 'intermediate')
                    THEN date_trunc(per, clock_timestamp() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
                    WHEN per = 'hour' THEN local.hour
                    WHEN per = 'day' THEN local.day
                    ELSE local.shift END AS begins,
               of_one, cap
        FROM drawn JOIN local USING (site)
    )
)sql";

pqxx::result ask_of(Tx& tx, const std::string& sql, const IntentRows& rows) {
    return run_prepared(
        tx, sql.c_str(),
        texts(rows, [](auto* e) { return std::string_view(e->row.station.get()); }),
        texts(rows, [](auto* e) { return std::string_view(e->row.product.get()); }),
        texts(rows, [](auto* e) { return std::string_view(e->row.lot.get()); }),
        texts(rows, [](auto* e) { return std::string_view(e->row.intermediate.get()); }),
        numbers(rows, [](auto* e) { return cap_of(e->row.station_limit); }),
        numbers(rows, [](auto* e) { return cap_of(e->row.lot_limit); }),
        numbers(rows, [](auto* e) { return cap_of(e->row.lot_station_limit); }));
}

}  // namespace

// One statement for the whole batch, so that what its rows share is locked once and late, until the
// commit that follows at once. In order of the keys: nodes that charge the same ones do not wait
// for each other crosswise. A row that draws twice on one count, since two limits name it, draws
// once, and the lower limit holds.
const std::string charge_sql = keyed_sql + R"sql(
    , wanted AS MATERIALIZED (
        SELECT kind, id, product, per, begins, of_one, count(DISTINCT i) AS units, min(cap) AS cap
        FROM keyed
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
    const pqxx::result left = ask_of(tx, charge_sql, rows);
    if (left.empty()) return Done{};
    if (rows.size() > 1) throw LimitsSpoiled("batch: " + overdrawn(left[0], 0));
    return Refusal{Reason::limited, overdrawn(left[0], 0)};
}

// The counts are locked where they stand, in the order in which they are charged, so that what is
// left now is left when it is charged.
const std::string fit_sql = keyed_sql + R"sql(
    , locked AS MATERIALIZED (
        SELECT u.kind, u.id, u.product, u.per, u.begins, u.station, u.used
        FROM usage u
        JOIN (SELECT DISTINCT kind, id, product, per, begins, of_one FROM keyed) k
          ON (u.kind, u.id, u.product, u.per, u.begins, u.station)
             = (k.kind, k.id, k.product, k.per, k.begins, k.of_one)
        ORDER BY 1, 2, 3, 4, 5, 6
        FOR UPDATE OF u
    )
    SELECT k.i, dense_rank() OVER (ORDER BY k.kind, k.id, k.product, k.per, k.begins, k.of_one),
           min(k.cap) - COALESCE(min(l.used), 0), k.kind, k.per, k.of_one <> ''
    FROM keyed k
    LEFT JOIN locked l ON (l.kind, l.id, l.product, l.per, l.begins, l.station)
                          = (k.kind, k.id, k.product, k.per, k.begins, k.of_one)
    GROUP BY k.i, k.kind, k.id, k.product, k.per, k.begins, k.of_one
    ORDER BY k.i, k.kind, k.per, k.of_one
)sql";
std::vector<std::optional<Refusal>> fit_limits(Tx& tx, const IntentRows& rows) {
    const pqxx::result drawn = ask_of(tx, fit_sql, rows);
    std::vector<std::optional<Refusal>> refusals(rows.size());
    std::map<std::int64_t, std::int64_t> left;
    for (auto at = drawn.begin(); at != drawn.end();) {
        const auto place = at[0].as<std::size_t>() - 1;  // WITH ORDINALITY counts from one.
        std::vector<std::int64_t*> counts;
        for (; at != drawn.end() && at[0].as<std::size_t>() - 1 == place; ++at) {
            const auto count =
                left.try_emplace(at[1].as<std::int64_t>(), at[2].as<std::int64_t>()).first;
            if (count->second < 1 && !refusals[place])
                refusals[place] = Refusal{Reason::limited, overdrawn(*at, 3)};
            counts.push_back(&count->second);
        }
        if (refusals[place]) continue;
        for (std::int64_t* count : counts)
            --*count;
    }
    return refusals;
}

}  // namespace hallmark
