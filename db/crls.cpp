#include "db/crls.h"

#include "db/columns.h"

namespace hallmark {

constexpr const char* lock_sql = R"sql(
    SELECT pg_advisory_xact_lock(hashtextextended('crl ' || $1, 0))
)sql";
void Crls::lock(const IntermediateId& intermediate) {
    tx_.raw().exec_params(lock_sql, intermediate.get());
}

constexpr const char* next_number_sql = R"sql(
    SELECT COALESCE(max(number), 0) + 1 FROM crl_intent WHERE intermediate = $1
)sql";
std::int64_t Crls::next_number(const IntermediateId& intermediate) {
    return tx_.raw().exec_params1(next_number_sql, intermediate.get())[0].as<std::int64_t>();
}

constexpr const char* ended_sql = R"sql(
    SELECT c.serial, e.reason, micros(e.at)
    FROM credential c
    JOIN ending e ON e.serial = c.serial
    WHERE c.intermediate = $1 AND c.state IN ('retired', 'void', 'burnt') AND c.not_after >= $2
    ORDER BY c.serial
)sql";
std::vector<EndedRow> Crls::ended(const IntermediateId& intermediate, Instant now) {
    std::vector<EndedRow> rows;
    for (const auto& row : tx_.raw().exec_params(ended_sql, intermediate.get(), to_rfc3339(now))) {
        rows.push_back({.serial = Serial(bytes_in(row[0])),
                        .reason = row[1].as<std::string>(),
                        .at = instant_in(row[2])});
    }
    return rows;
}

constexpr const char* intent_sql = R"sql(
    INSERT INTO crl_intent (intermediate, number, tbs, tbs_sha256, this_update, next_update)
    VALUES ($1, $2, $3, $4, $5, $6)
)sql";
void Crls::append_intent(const CrlIntentRow& row) {
    tx_.raw().exec_params(intent_sql, row.intermediate.get(), row.number, bytea(row.tbs),
                          bytea(row.tbs_sha256), to_rfc3339(row.this_update),
                          to_rfc3339(row.next_update));
}

constexpr const char* append_sql = R"sql(
    INSERT INTO crl (intermediate, number, der) VALUES ($1, $2, $3)
)sql";
void Crls::append(const IntermediateId& intermediate, std::int64_t number, ByteView der) {
    tx_.raw().exec_params(append_sql, intermediate.get(), number, bytea(der));
}

constexpr const char* latest_sql = R"sql(
    SELECT c.number, c.der, (extract(epoch FROM i.this_update) * 1000000)::bigint,
           (extract(epoch FROM i.next_update) * 1000000)::bigint
    FROM crl c
    JOIN crl_intent i ON i.intermediate = c.intermediate AND i.number = c.number
    WHERE c.intermediate = $1
    ORDER BY c.number DESC
    LIMIT 1
)sql";
std::optional<CrlRow> Crls::latest(const IntermediateId& intermediate) {
    const pqxx::result rows = tx_.raw().exec_params(latest_sql, intermediate.get());
    if (rows.empty()) return std::nullopt;
    return CrlRow{.number = rows[0][0].as<std::int64_t>(),
                  .der = bytes_in(rows[0][1]),
                  .this_update = instant_in(rows[0][2]),
                  .next_update = instant_in(rows[0][3])};
}

constexpr const char* is_stale_sql = R"sql(
    SELECT EXISTS (
        SELECT FROM ending e
        JOIN credential c ON c.serial = e.serial
        WHERE c.intermediate = $1
          AND e.at > COALESCE((SELECT max(i.at) FROM crl_intent i JOIN crl USING (intermediate, number)
                               WHERE i.intermediate = $1), 'epoch'))
)sql";
bool Crls::is_stale(const IntermediateId& intermediate) {
    return tx_.raw().exec_params1(is_stale_sql, intermediate.get())[0].as<bool>();
}

}  // namespace hallmark
