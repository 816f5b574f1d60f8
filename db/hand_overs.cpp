#include "db/hand_overs.h"

#include "db/arrays.h"
#include "db/columns.h"

namespace hallmark {

constexpr const char* origin_sql = R"sql(
    SELECT sha256, units
    FROM manifest
    WHERE lot = $1
    ORDER BY sha256
)sql";
ManifestSum HandOvers::origin_of(const LotId& lot) {
    ManifestSum sum;
    for (const auto& row : tx_.raw().exec_params(origin_sql, lot.get())) {
        sum.manifests.push_back(digest_in(row[0]));
        sum.units += row[1].as<std::uint64_t>();
    }
    return sum;
}

constexpr const char* of_lot_sql = R"sql(
    SELECT sequence, kind, giver, taker, units, stands, site, micros(at), previous, sha256,
           certificate_sha256, document, posted_by, micros(posted_at)
    FROM hand_over
    WHERE lot = $1
    ORDER BY sequence
)sql";
std::vector<HandOverRow> HandOvers::of_lot(const LotId& lot) {
    std::vector<HandOverRow> rows;
    for (const auto& row : tx_.raw().exec_params(of_lot_sql, lot.get())) {
        HandOverRow made;
        made.lot = lot;
        made.sequence = row[0].as<std::uint32_t>();
        made.kind = row[1].as<std::string>();
        made.giver = row[2].as<std::string>();
        made.taker = row[3].as<std::string>();
        made.units = row[4].as<std::uint64_t>();
        made.stands = row[5].as<std::uint64_t>();
        if (!row[6].is_null()) made.site = SiteId(row[6].as<std::string>());
        made.at = instant_in(row[7]);
        made.previous = digest_in(row[8]);
        made.sha256 = digest_in(row[9]);
        made.certificate_sha256 = digest_in(row[10]);
        made.document = row[11].as<std::string>();
        made.posted_by = row[12].as<std::string>();
        made.posted_at = instant_in(row[13]);
        rows.push_back(std::move(made));
    }
    return rows;
}

constexpr const char* insert_sql = R"sql(
    INSERT INTO hand_over (lot, sequence, kind, giver, taker, units, stands, site, at, previous, sha256,
                           certificate_sha256, document, posted_by, posted_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, NULLIF($8, ''), $9::timestamptz, $10, $11, $12, $13, $14, $15::timestamptz)
)sql";
void HandOvers::insert(const HandOverRow& row) {
    tx_.raw().exec_params0(insert_sql, row.lot.get(), row.sequence, row.kind, row.giver, row.taker,
                           row.units, row.stands, row.site ? row.site->get() : std::string(),
                           to_rfc3339(row.at), bytea(row.previous), bytea(row.sha256),
                           bytea(row.certificate_sha256), row.document, row.posted_by,
                           to_rfc3339(row.posted_at));
}

constexpr const char* unfit_sql = R"sql(
    SELECT given
    FROM unnest($3::text[]) AS given
    LEFT JOIN element e ON e.lot = $1 AND e.unique_id = given AND e.state = $2
    LEFT JOIN hand_over_element gone ON gone.element = e.id
    WHERE e.id IS NULL OR gone.element IS NOT NULL
    ORDER BY given
    LIMIT 1
)sql";
constexpr const char* give_away_sql = R"sql(
    INSERT INTO hand_over_element (element, lot, sequence)
    SELECT e.id, $1, $2
    FROM unnest($3::text[]) AS given
    JOIN element e ON e.lot = $1 AND e.unique_id = given
)sql";
std::optional<std::string> HandOvers::give_away(const HandOverRow& row,
                                                const std::vector<std::string>& unique_ids,
                                                std::string_view state) {
    const auto named = texts(unique_ids, [](auto& id) { return std::string_view(id); });
    const pqxx::result unfit =
        tx_.raw().exec_params(unfit_sql, row.lot.get(), std::string(state), named);
    if (!unfit.empty()) {
        return "element " + unfit[0][0].as<std::string>() + " is not " + std::string(state) +
               " in this lot, or was given away before";
    }
    tx_.raw().exec_params0(give_away_sql, row.lot.get(), row.sequence, named);
    return std::nullopt;
}

}  // namespace hallmark
