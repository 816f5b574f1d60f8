#include "db/quarantines.h"

#include "db/columns.h"
#include "db/gate.h"

namespace hallmark {
namespace {

QuarantineRow row_in(const pqxx::row& row) {
    return {.number = row[0].as<std::int64_t>(),
            .vendor = VendorId(row[1].as<std::string>()),
            .model = row[2].as<std::string>(),
            .firmware = row[3].as<std::string>(""),
            .cause = row[4].as<std::string>(),
            .actor = row[5].as<std::string>(),
            .at = instant_in(row[6]),
            .lifted = row[7].as<bool>()};
}

}  // namespace

constexpr const char* begin_sql = R"sql(
    INSERT INTO quarantine (vendor, model, firmware, cause, actor, at)
    VALUES ($1, $2, NULLIF($3, ''), $4, $5, $6::timestamptz)
    ON CONFLICT DO NOTHING
    RETURNING number
)sql";
std::optional<std::int64_t> Quarantines::begin(const QuarantineRow& row) {
    close_gate(tx_);
    const pqxx::result rows =
        tx_.raw().exec_params(begin_sql, row.vendor.get(), row.model, row.firmware, row.cause,
                              row.actor, to_rfc3339(row.at));
    if (rows.empty()) return std::nullopt;
    return rows[0][0].as<std::int64_t>();
}

constexpr const char* find_sql = R"sql(
    SELECT number, vendor, model, firmware, cause, actor, micros(at), lifted_at IS NOT NULL
    FROM quarantine
    WHERE number = $1
)sql";
std::optional<QuarantineRow> Quarantines::find(std::int64_t number) {
    const pqxx::result rows = tx_.raw().exec_params(find_sql, number);
    if (rows.empty()) return std::nullopt;
    return row_in(rows[0]);
}

constexpr const char* lift_sql = R"sql(
    UPDATE quarantine
    SET lifted_by = $2, lifted_at = $3::timestamptz
    WHERE number = $1 AND lifted_at IS NULL
)sql";
bool Quarantines::lift(std::int64_t number, std::string_view actor, Instant at) {
    return tx_.raw()
               .exec_params(lift_sql, number, std::string(actor), to_rfc3339(at))
               .affected_rows() == 1;
}

constexpr const char* standing_sql = R"sql(
    SELECT number, vendor, model, firmware, cause, actor, micros(at), false
    FROM quarantine
    WHERE lifted_at IS NULL
    ORDER BY number
)sql";
std::vector<QuarantineRow> Quarantines::standing() {
    std::vector<QuarantineRow> rows;
    for (const auto& row : tx_.raw().exec(standing_sql))
        rows.push_back(row_in(row));
    return rows;
}

// The claims are those that the credential was issued on; where they name no model the manifest's
// counts, as when it was issued.
constexpr const char* touched_sql = R"sql(
    SELECT encode(c.serial, 'hex'), c.device, c.element, c.lot, c.state, micros(c.reserved_at)
    FROM credential c
    JOIN element e ON e.id = c.element
    LEFT JOIN credential_body b ON b.intermediate = c.intermediate AND b.serial = c.serial
    WHERE c.serial > decode($4, 'hex') AND e.vendor = $1
      AND (e.model = $2 OR b.claims::jsonb ->> 'model' = $2)
      AND ($3 = '' OR b.claims::jsonb ->> 'firmware' = $3)
    ORDER BY c.serial
    LIMIT $5
)sql";
std::vector<TouchedCredential> Quarantines::touched(const QuarantineRow& row,
                                                    const std::string& after, std::size_t limit) {
    std::vector<TouchedCredential> touched;
    for (const auto& found : tx_.raw().exec_params(touched_sql, row.vendor.get(), row.model,
                                                   row.firmware, after, limit)) {
        touched.push_back({.serial = found[0].as<std::string>(),
                           .device = DeviceId(found[1].as<std::string>()),
                           .element = ElementId(found[2].as<std::string>()),
                           .lot = LotId(found[3].as<std::string>()),
                           .state = found[4].as<std::string>(),
                           .reserved_at = instant_in(found[5])});
    }
    return touched;
}

}  // namespace hallmark
