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
                             format, policy_sha256)
        VALUES ($1, $2, $3, $4, NULLIF($5, ''), NULLIF($6, '')::uuid, $7, $8, $9, NULLIF($10, ''),
                (SELECT policy_sha256 FROM challenge WHERE challenge = $11 AND station = $4))
        RETURNING id, reason, format
    )
    INSERT INTO result_due (refusal)
    SELECT id FROM written WHERE reason = 'evidence-not-accepted' AND format IS NOT NULL
)sql";
void Refusals::append(const RefusalRow& row) {
    tx_.raw().exec_params(append_sql, row.id, row.door, row.act, row.station.get(),
                          text_or_empty(row.product), text_or_empty(row.request_id),
                          std::string(name_of(row.reason)), row.detail, bytea(row.body_sha256),
                          row.format, bytea(row.challenge));
}

}  // namespace hallmark
