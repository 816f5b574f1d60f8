#include "db/bulk_endings.h"

#include "db/arrays.h"
#include "db/columns.h"

namespace hallmark {
namespace {

const char* or_null(const std::optional<std::string>& text) {
    return text ? text->c_str() : nullptr;
}

std::optional<std::string> text_of(const std::optional<Instant>& instant) {
    if (!instant) return std::nullopt;
    return to_rfc3339(*instant);
}

}  // namespace

constexpr const char* find_active_sql = R"sql(
    SELECT serial, device, element, station, product, lot, policy_sha256
    FROM credential
    WHERE state = 'active'
      AND ($1::text IS NULL OR station = $1)
      AND ($2::text IS NULL OR lot = $2)
      AND ($3::text IS NULL OR product = $3)
      AND ($4::text IS NULL OR recorded_at >= $4::timestamptz)
      AND ($5::text IS NULL OR recorded_at < $5::timestamptz)
    ORDER BY serial
    LIMIT $6
)sql";
std::vector<ActiveCredential> BulkEndings::find(const CredentialFilter& filter, std::size_t limit) {
    const auto from = text_of(filter.from);
    const auto until = text_of(filter.until);
    std::vector<ActiveCredential> found;
    for (const auto& row :
         run_prepared(tx_, find_active_sql, or_null(filter.station), or_null(filter.lot),
                      or_null(filter.product), or_null(from), or_null(until), limit)) {
        found.push_back({.serial = Serial(bytes_in(row[0])),
                         .device = DeviceId(row[1].as<std::string>()),
                         .element = ElementId(row[2].as<std::string>()),
                         .station = StationId(row[3].as<std::string>()),
                         .product = ProductId(row[4].as<std::string>()),
                         .lot = LotId(row[5].as<std::string>()),
                         .policy = digest_in(row[6])});
    }
    return found;
}

// As for one ending: whoever makes a list holds the same lock alone (db/credentials.cpp). Taken in
// one order, so that two of these never wait for each other.
constexpr const char* lock_lists_sql = R"sql(
    SELECT pg_advisory_xact_lock_shared(hashtextextended('crl ' || i.intermediate, 0))
    FROM (SELECT DISTINCT intermediate
          FROM credential
          WHERE serial = ANY ($1::bytea[])
          ORDER BY intermediate) i
)sql";
constexpr const char* retire_sql = R"sql(
    UPDATE credential
    SET state = 'retired'
    WHERE serial = ANY ($1::bytea[]) AND state = 'active'
)sql";
constexpr const char* endings_sql = R"sql(
    INSERT INTO ending (serial, state, reason, actor)
    SELECT serial, 'retired', $2, $3
    FROM unnest($1::bytea[]) AS w (serial)
)sql";
constexpr const char* decommission_sql = R"sql(
    UPDATE device
    SET state = 'decommissioned'
    WHERE id = ANY ($1::text[]) AND state = 'provisioned'
)sql";
std::size_t BulkEndings::retire(const std::vector<ActiveCredential>& credentials,
                                const Ending& ending) {
    const auto serials =
        byteas(credentials, [](const auto& one) -> const Bytes& { return one.serial.get(); });
    run_prepared(tx_, lock_lists_sql, serials);
    const std::size_t retired = run_prepared(tx_, retire_sql, serials).affected_rows();
    if (retired != credentials.size()) return retired;
    run_prepared(tx_, endings_sql, serials, ending.reason, ending.actor);
    if (ending.ends_device) {
        run_prepared(tx_, decommission_sql,
                     texts(credentials,
                           [](const auto& one) -> const std::string& { return one.device.get(); }));
    }
    return retired;
}

}  // namespace hallmark
