#include "db/credentials.h"

#include "db/arrays.h"
#include "db/columns.h"

namespace hallmark {
namespace {

// The columns of a CredentialRow, in the order that row_of reads them.
constexpr const char* columns =
    " c.serial, c.issuance, c.station, c.request_id, c.body_sha256, c.device, c.element, c.product,"
    " c.policy_sha256, c.intermediate, c.state, c.installation_nonce, b.certificate,"
    " extract(epoch FROM c.confirm_within)::bigint, COALESCE(v.accepted, false) "
    "FROM credential c "
    "LEFT JOIN credential_body b ON b.intermediate = c.intermediate AND b.serial = c.serial "
    "LEFT JOIN oracle_verdict v ON v.serial = c.serial ";

CredentialRow row_of(const pqxx::row& row) {
    CredentialRow credential;
    credential.serial = Serial(bytes_in(row[0]));
    credential.issuance = IssuanceId(row[1].as<std::string>());
    credential.station = StationId(row[2].as<std::string>());
    credential.request_id = RequestId(row[3].as<std::string>());
    credential.body = digest_in(row[4]);
    credential.device = DeviceId(row[5].as<std::string>());
    credential.element = ElementId(row[6].as<std::string>());
    credential.product = ProductId(row[7].as<std::string>());
    credential.policy = digest_in(row[8]);
    credential.intermediate = IntermediateId(row[9].as<std::string>());
    credential.state = row[10].as<std::string>();
    credential.installation_nonce = bytes_in(row[11]);
    if (!row[12].is_null()) credential.certificate = bytes_in(row[12]);
    credential.confirm_within = std::chrono::seconds(row[13].as<std::int64_t>());
    credential.oracle_accepted = row[14].as<bool>();
    return credential;
}

std::optional<CredentialRow> sole_row(const pqxx::result& rows) {
    if (rows.empty()) return std::nullopt;
    return row_of(rows[0]);
}

std::vector<Serial> serials_of(const pqxx::result& rows) {
    std::vector<Serial> serials;
    for (const auto& row : rows)
        serials.emplace_back(bytes_in(row[0]));
    return serials;
}

}  // namespace

std::optional<CredentialRow> Credentials::by_request(const StationId& station,
                                                     const RequestId& id) {
    static const std::string sql =
        std::string("SELECT") + columns + "WHERE c.station = $1 AND c.request_id = $2";
    return sole_row(run_prepared(tx_, sql.c_str(), station.get(), id.get()));
}

std::optional<CredentialRow> Credentials::by_issuance(const IssuanceId& id) {
    static const std::string sql = std::string("SELECT") + columns + "WHERE c.issuance = $1";
    return sole_row(tx_.raw().exec_params(sql, id.get()));
}

std::optional<CredentialRow> Credentials::by_serial(const Serial& serial) {
    static const std::string sql = std::string("SELECT") + columns + "WHERE c.serial = $1";
    return sole_row(tx_.raw().exec_params(sql, bytea(serial.get())));
}

constexpr const char* activate_sql = R"sql(
    UPDATE credential SET state = 'active' WHERE serial = $1 AND state = 'issued'
)sql";
constexpr const char* installation_sql = R"sql(
    INSERT INTO installation (serial, proof) VALUES ($1, $2)
)sql";
constexpr const char* provision_sql = R"sql(
    UPDATE device SET state = 'provisioned' WHERE id = $1 AND state = 'issued'
)sql";
bool Credentials::install(const CredentialRow& credential, ByteView proof) {
    auto& tx = tx_.raw();
    if (tx.exec_params(activate_sql, bytea(credential.serial.get())).affected_rows() != 1)
        return false;
    tx.exec_params(installation_sql, bytea(credential.serial.get()), bytea(proof));
    tx.exec_params(provision_sql, credential.device.get());
    return true;
}

// Whoever makes the list of this intermediate holds the same lock alone: an ending is either on the
// list or younger than it, never lost in between.
constexpr const char* lock_list_sql = R"sql(
    SELECT pg_advisory_xact_lock_shared(hashtextextended('crl ' || intermediate, 0))
    FROM credential
    WHERE serial = $1
)sql";
constexpr const char* end_sql = R"sql(
    UPDATE credential SET state = $3 WHERE serial = $1 AND state = $2
)sql";
constexpr const char* ending_sql = R"sql(
    INSERT INTO ending (serial, state, reason, actor) VALUES ($1, $2, $3, $4)
)sql";
bool Credentials::end(const Serial& serial, const Ending& ending) {
    auto& tx = tx_.raw();
    tx.exec_params(lock_list_sql, bytea(serial.get()));
    if (tx.exec_params(end_sql, bytea(serial.get()), ending.from, ending.to).affected_rows() != 1)
        return false;
    tx.exec_params(ending_sql, bytea(serial.get()), ending.to, ending.reason, ending.actor);
    return true;
}

constexpr const char* decommission_sql = R"sql(
    UPDATE device SET state = 'decommissioned' WHERE id = $1 AND state = 'provisioned'
)sql";
void Credentials::decommission(const DeviceId& device) {
    tx_.raw().exec_params(decommission_sql, device.get());
}

constexpr const char* unconfirmed_sql = R"sql(
    SELECT serial
    FROM credential
    WHERE state = 'issued' AND greatest(recorded_at, $1) + confirm_within < clock_timestamp()
    ORDER BY recorded_at
    LIMIT $2
)sql";
std::vector<Serial> Credentials::unconfirmed(Instant ready_since, std::size_t limit) {
    return serials_of(tx_.raw().exec_params(unconfirmed_sql, to_rfc3339(ready_since), limit));
}

std::vector<CredentialRow> Credentials::abandoned(std::size_t limit) {
    static const std::string sql =
        std::string("SELECT") + columns +
        "JOIN epoch p ON p.id = c.epoch "
        "WHERE c.state = 'reserved' AND p.beat_at < clock_timestamp() - interval '10 seconds' "
        "LIMIT $1 FOR UPDATE OF c SKIP LOCKED";
    std::vector<CredentialRow> found;
    for (const auto& row : tx_.raw().exec_params(sql, limit))
        found.push_back(row_of(row));
    return found;
}

constexpr const char* overdue_sql = R"sql(
    SELECT serial
    FROM credential
    WHERE state = 'reserved' AND epoch = $1 AND reserved_at < clock_timestamp() - interval '5 minutes'
    LIMIT $2
)sql";
std::vector<Serial> Credentials::overdue(std::int64_t epoch, std::size_t limit) {
    return serials_of(tx_.raw().exec_params(overdue_sql, epoch, limit));
}

constexpr const char* lack_verdicts_sql = R"sql(
    SELECT EXISTS (SELECT FROM oracle_due)
)sql";
bool Credentials::lack_verdicts() {
    return run_prepared(tx_, lack_verdicts_sql)[0][0].as<bool>();
}

std::vector<CredentialRow> Credentials::without_verdict(std::size_t limit) {
    static const std::string sql = std::string("SELECT") + columns +
                                   "JOIN oracle_due q ON q.serial = c.serial "
                                   "ORDER BY q.at LIMIT $1 FOR UPDATE OF q SKIP LOCKED";
    std::vector<CredentialRow> found;
    for (const auto& row : run_prepared(tx_, sql.c_str(), limit))
        found.push_back(row_of(row));
    return found;
}

constexpr const char* verdicts_sql = R"sql(
    INSERT INTO oracle_verdict (serial, accepted, detail)
    SELECT w.serial, w.accepted = 1, w.detail
    FROM unnest($1::bytea[], $2::bigint[], $3::text[]) AS w (serial, accepted, detail)
    ON CONFLICT DO NOTHING
)sql";
// From one queue to the next: what the oracle has judged has its attestation result made. Once,
// since a row leaves its queue once.
constexpr const char* judged_sql = R"sql(
    WITH judged AS (DELETE FROM oracle_due WHERE serial = ANY ($1::bytea[]) RETURNING serial)
    INSERT INTO result_due (serial) SELECT serial FROM judged
)sql";
void Credentials::append_verdicts(std::span<const Verdict> verdicts) {
    const auto serials = byteas(verdicts, [](auto& v) { return ByteView(v.serial.get()); });
    // The queue first, as the sweep, which locked its rows there: the other way round two who judge
    // one certificate would wait for each other.
    run_prepared(tx_, judged_sql, serials);
    run_prepared(tx_, verdicts_sql, serials, numbers(verdicts, [](auto& v) { return v.accepted; }),
                 texts(verdicts, [](auto& v) { return std::string_view(v.detail); }));
}

constexpr const char* next_number_sql = R"sql(
    INSERT INTO number_range AS n (product, next) VALUES ($1, 2)
    ON CONFLICT (product) DO UPDATE SET next = n.next + 1
    RETURNING next - 1
)sql";
constexpr const char* keep_number_sql = R"sql(
    INSERT INTO element_number (element, product, number) VALUES ($1, $2, $3)
    ON CONFLICT (element, product) DO NOTHING
)sql";
constexpr const char* kept_number_sql = R"sql(
    SELECT number FROM element_number WHERE element = $1 AND product = $2
)sql";
std::uint64_t Credentials::number_of(const ElementId& element, const ProductId& product) {
    auto& tx = tx_.raw();
    const auto kept = [&] { return tx.exec_params(kept_number_sql, element.get(), product.get()); };
    if (const pqxx::result rows = kept(); !rows.empty()) return rows[0][0].as<std::uint64_t>();
    const auto next = tx.exec_params1(next_number_sql, product.get())[0].as<std::uint64_t>();
    tx.exec_params(keep_number_sql, element.get(), product.get(), next);
    return kept()[0][0].as<std::uint64_t>();  // A twin's, if it was faster.
}

constexpr const char* hold_sql = R"sql(
    INSERT INTO product_hold (product, policy_sha256, held, cause, actor) VALUES ($1, $2, true, $3, $4)
)sql";
void Credentials::hold_product(const Hold& hold) {
    tx_.raw().exec_params(hold_sql, hold.product.get(), bytea(hold.policy), hold.cause, hold.actor);
}

constexpr const char* counts_sql = R"sql(
    SELECT count(*) FILTER (WHERE state = 'issued'),
           COALESCE(extract(epoch FROM clock_timestamp() - min(recorded_at) FILTER (WHERE state = 'issued')), 0)
               ::double precision,
           count(*) FILTER (WHERE state = 'reserved'),
           (SELECT count(*) FROM oracle_due)
    FROM credential c
    WHERE state IN ('issued', 'reserved')
)sql";
Credentials::Counts Credentials::counts() {
    const pqxx::row row = tx_.raw().exec1(counts_sql);
    return {.unconfirmed = row[0].as<std::uint64_t>(),
            .oldest_unconfirmed_s = row[1].as<double>(),
            .unsettled = row[2].as<std::uint64_t>(),
            .without_verdict = row[3].as<std::uint64_t>()};
}

}  // namespace hallmark
