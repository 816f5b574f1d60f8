#include "db/attestation_results.h"

#include "db/arrays.h"
#include "db/columns.h"
#include "db/principals.h"

namespace hallmark {
namespace {

std::string text_or_empty(const pqxx::field& field) {
    return field.is_null() ? std::string() : field.as<std::string>();
}

ResultDue due_of(const pqxx::row& row) {
    ResultDue due{.number = row[0].as<std::int64_t>(), .of = {}};
    if (!row[1].is_null()) {
        due.of = CredentialAppraised{.serial = Serial(bytes_in(row[1])),
                                     .policy = digest_in(row[2]),
                                     .request = digest_in(row[3]),
                                     .claims = text_or_empty(row[4]),
                                     .challenge = row[5].is_null() ? Bytes() : bytes_in(row[5])};
        return due;
    }
    RefusalAppraised refusal{.id = row[6].as<std::string>(),
                             .reason = row[7].as<std::string>(),
                             .format = text_or_empty(row[8]),
                             .policy = {},
                             .request = digest_in(row[10])};
    if (!row[9].is_null()) refusal.policy = digest_in(row[9]);
    due.of = std::move(refusal);
    return due;
}

std::optional<std::string> sole_token(const pqxx::result& rows) {
    if (rows.empty()) return std::nullopt;
    return rows[0][0].as<std::string>();
}

}  // namespace

// Committed before anything is signed: a crash leaves rows that are free again when their time is
// over, and whose results are then made for the first time.
constexpr const char* take_sql = R"sql(
    WITH free AS (
        SELECT number
        FROM result_due
        WHERE taken_until IS NULL OR taken_by = $1 OR taken_until < clock_timestamp()
        ORDER BY number
        LIMIT $2
        FOR UPDATE SKIP LOCKED
    ), taken AS (
        UPDATE result_due AS q
        SET taken_by = $1, taken_until = clock_timestamp() + interval '30 seconds'
        FROM free
        WHERE q.number = free.number
        RETURNING q.number, q.serial, q.refusal
    )
    SELECT t.number, t.serial, c.policy_sha256, c.body_sha256, b.claims, b.challenge,
           t.refusal, r.reason, r.format, r.policy_sha256, r.body_sha256
    FROM taken t
    LEFT JOIN credential c ON c.serial = t.serial
    LEFT JOIN credential_body b ON b.intermediate = c.intermediate AND b.serial = c.serial
    LEFT JOIN refusal r ON r.id = t.refusal
    ORDER BY t.number
)sql";
std::vector<ResultDue> AttestationResults::take(std::int64_t taker, std::size_t limit) {
    std::vector<ResultDue> due;
    for (const auto& row : run_prepared(tx_, take_sql, taker, limit))
        due.push_back(due_of(row));
    return due;
}

// Whoever takes the row off the queue writes the result, in the same statement: the one that comes
// second finds no row. The unique index stands behind it.
constexpr const char* keep_sql = R"sql(
    WITH w AS MATERIALIZED (
        SELECT * FROM unnest($1::bigint[], $2::text[]) AS u (number, token)
    ), held AS MATERIALIZED (
        SELECT q.number FROM result_due q JOIN w USING (number) ORDER BY q.number FOR UPDATE OF q
    ), done AS (
        DELETE FROM result_due AS q USING held WHERE q.number = held.number
        RETURNING q.number, q.serial, q.refusal
    )
    INSERT INTO attestation_result (serial, refusal, key_sha256, token)
    SELECT done.serial, done.refusal, $3, w.token
    FROM done JOIN w USING (number)
    ON CONFLICT DO NOTHING
)sql";
void AttestationResults::keep(std::span<const ResultMade> made, const Digest& key) {
    run_prepared(tx_, keep_sql, numbers(made, [](auto& m) { return m.number; }),
                 texts(made, [](auto& m) { return std::string_view(m.token); }), bytea(key));
}

constexpr const char* put_off_sql = R"sql(
    UPDATE result_due
    SET taken_by = NULL, taken_until = clock_timestamp() + interval '1 hour'
    WHERE number = ANY ($1::bigint[])
)sql";
void AttestationResults::put_off(std::span<const std::int64_t> numbers_due) {
    run_prepared(tx_, put_off_sql, numbers(numbers_due, [](auto& number) { return number; }));
}

constexpr const char* of_credential_sql = R"sql(
    SELECT token FROM attestation_result WHERE serial = $1
)sql";
std::optional<std::string> AttestationResults::of_credential(const Serial& serial) {
    return sole_token(tx_.raw().exec_params(of_credential_sql, bytea(serial.get())));
}

constexpr const char* of_refusal_sql = R"sql(
    SELECT token FROM attestation_result WHERE refusal = $1
)sql";
std::optional<std::string> AttestationResults::of_refusal(const std::string& id) {
    return sole_token(tx_.raw().exec_params(of_refusal_sql, id));
}

constexpr const char* add_key_sql = R"sql(
    INSERT INTO result_key (key_sha256, spki)
    SELECT key_sha256, $2 FROM known_key WHERE key_sha256 = $1 AND holder_kind = 'results'
    ON CONFLICT DO NOTHING
)sql";
constexpr const char* has_key_sql = R"sql(
    SELECT EXISTS (SELECT FROM result_key WHERE key_sha256 = $1)
)sql";
bool AttestationResults::add_key(const Digest& key, ByteView spki, const std::string& name) {
    // Where it is known already, the next statement asks whose it is.
    (void)claim_key(tx_, key, "results", name);
    tx_.raw().exec_params(add_key_sql, bytea(key), bytea(spki));
    return tx_.raw().exec_params1(has_key_sql, bytea(key))[0].as<bool>();
}

constexpr const char* keys_sql = R"sql(
    SELECT spki FROM result_key ORDER BY since, key_sha256
)sql";
std::vector<Bytes> AttestationResults::keys() {
    std::vector<Bytes> keys;
    for (const auto& row : tx_.raw().exec(keys_sql))
        keys.push_back(bytes_in(row[0]));
    return keys;
}

constexpr const char* waiting_sql = R"sql(
    SELECT (SELECT count(*) FROM (SELECT FROM result_due LIMIT 100000) q),
           COALESCE((SELECT extract(epoch FROM clock_timestamp() - at)
                     FROM result_due
                     ORDER BY number
                     LIMIT 1), 0)::double precision
)sql";
AttestationResults::Waiting AttestationResults::waiting() {
    const pqxx::row row = tx_.raw().exec1(waiting_sql);
    return {.count = row[0].as<std::uint64_t>(), .oldest_s = row[1].as<double>()};
}

}  // namespace hallmark
