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

constexpr const char* append_sql = R"sql(
    INSERT INTO refusal (id, door, act, station, product, request_id, reason, detail, body_sha256)
    VALUES ($1, $2, $3, $4, NULLIF($5, ''), NULLIF($6, '')::uuid, $7, $8, $9)
)sql";
void Refusals::append(const RefusalRow& row) {
    tx_.raw().exec_params(append_sql, row.id, row.door, row.act, row.station.get(),
                          text_or_empty(row.product), text_or_empty(row.request_id),
                          std::string(name_of(row.reason)), row.detail, bytea(row.body_sha256));
}

}  // namespace hallmark
