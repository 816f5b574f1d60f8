#include "db/refusals.h"

#include "db/columns.h"

namespace hallmark {
namespace {

/// Absent is empty on the way in; the statement makes it NULL.
template <typename Id>
std::string text_or_empty(const std::optional<Id>& id) {
    return id ? id->get() : std::string();
}

}  // namespace

// What was judged as evidence of this format, and refused as such, has an attestation result made.
// The policy that it was judged under is the one that its challenge fixed, spent or not.
constexpr const char* append_sql = R"sql(
    WITH written AS (
        INSERT INTO refusal (id, door, act, station, product, request_id, reason, detail, body_sha256,
                             format, policy_sha256, element, model, firmware)
        SELECT $1, $2, $3, $4, NULLIF($5, ''), NULLIF($6, '')::uuid, $7, $8, $9, NULLIF($10, ''),
               c.policy_sha256, k.element, NULLIF($12, ''), NULLIF($13, '')
        FROM (VALUES (1)) one (row)
        LEFT JOIN challenge c ON c.challenge = $11 AND c.station = $4
        LEFT JOIN element_key k ON k.key_sha256 = c.element_key
        RETURNING id, reason, format
    )
    INSERT INTO result_due (refusal)
    SELECT id FROM written WHERE reason = 'evidence-not-accepted' AND format IS NOT NULL
)sql";
void Refusals::append(const RefusalRow& row) {
    tx_.raw().exec_params(append_sql, row.id, row.door, row.act, row.station.get(),
                          text_or_empty(row.product), text_or_empty(row.request_id),
                          std::string(name_of(row.reason)), row.detail, bytea(row.body_sha256),
                          row.format, bytea(row.challenge), row.model, row.firmware);
}

constexpr const char* count_misuse_sql = R"sql(
    INSERT INTO misuse AS m (station, begins, count)
    VALUES ($1, date_trunc('hour', clock_timestamp() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', 1)
    ON CONFLICT (station, begins) DO UPDATE SET count = m.count + 1
    RETURNING count
)sql";
std::uint64_t Refusals::count_misuse(const StationId& station) {
    return tx_.raw().exec_params1(count_misuse_sql, station.get())[0].as<std::uint64_t>();
}

// A release says that somebody looked: what failed before it counts no more.
constexpr const char* suspect_lot_sql = R"sql(
    SELECT e.lot, count(DISTINCT f.element)
    FROM refusal r
    JOIN element e ON e.id = r.element
    JOIN element o ON o.lot = e.lot
    JOIN refusal f ON f.element = o.id
    WHERE r.id = $1 AND r.reason = 'evidence-not-accepted' AND f.reason = r.reason
      AND f.element IS NOT NULL AND f.at > clock_timestamp() - interval '1 day'
      AND f.at > COALESCE((SELECT max(v.at) FROM event v WHERE v.lot = e.lot AND v.type = 'lot.released'),
                          to_timestamp(0))
    GROUP BY e.lot
    HAVING count(DISTINCT f.element) >= $2
)sql";
std::optional<Refusals::Suspect> Refusals::suspect_lot(const std::string& refusal,
                                                       std::uint64_t elements) {
    const pqxx::result rows = tx_.raw().exec_params(suspect_lot_sql, refusal, elements);
    if (rows.empty()) return std::nullopt;
    return Suspect{.lot = LotId(rows[0][0].as<std::string>()),
                   .elements = rows[0][1].as<std::uint64_t>()};
}

}  // namespace hallmark
