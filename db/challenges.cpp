#include "db/challenges.h"

#include "db/columns.h"

namespace hallmark {
namespace {

/// Absent is empty on the way in; the statement makes it NULL.
pqxx::binarystring bytea_or_empty(const auto& bytes) {
    return bytes ? bytea(*bytes) : bytea(ByteView());
}

}  // namespace

constexpr const char* open_sql = R"sql(
    INSERT INTO challenge (challenge, door, purpose, station, product, policy_sha256, format,
                           ek_certificate_sha256, ak_name, activation_secret, expires_at)
    SELECT $1, $2, $3, $4, $5, $6, $7, NULLIF($8, ''::bytea), NULLIF($9, ''::bytea),
           NULLIF($10, ''::bytea), clock_timestamp() + make_interval(secs => $11)
    WHERE set_config('synchronous_commit', 'off', true) = 'off'
      AND (SELECT count(*) FROM challenge
           WHERE station = $4 AND spent_at IS NULL AND expires_at > clock_timestamp()) < $12
)sql";
bool Challenges::open(const ChallengeRow& row, std::uint32_t outstanding_limit) {
    return run_prepared(tx_, open_sql, bytea(row.challenge), row.door, row.purpose,
                        row.station.get(), row.product.get(), bytea(row.policy), row.format,
                        bytea_or_empty(row.ek_certificate), bytea_or_empty(row.ak_name),
                        bytea_or_empty(row.activation_secret), row.lifetime.count(),
                        outstanding_limit)
               .affected_rows() == 1;
}

constexpr const char* find_live_sql = R"sql(
    SELECT door, purpose, station, product, policy_sha256, format, ek_certificate_sha256, ak_name,
           activation_secret, micros(expires_at)
    FROM challenge
    WHERE challenge = $1 AND spent_at IS NULL AND expires_at > clock_timestamp()
)sql";
std::optional<ChallengeRow> Challenges::find_live(ByteView challenge) {
    const pqxx::result rows = run_prepared(tx_, find_live_sql, bytea(challenge));
    if (rows.empty()) return std::nullopt;
    const pqxx::row row = rows[0];
    ChallengeRow found;
    found.challenge = to_bytes(challenge);
    found.door = row[0].as<std::string>();
    found.purpose = row[1].as<std::string>();
    found.station = StationId(row[2].as<std::string>());
    found.product = ProductId(row[3].as<std::string>());
    found.policy = digest_in(row[4]);
    found.format = row[5].as<std::string>();
    if (!row[6].is_null()) found.ek_certificate = digest_in(row[6]);
    if (!row[7].is_null()) found.ak_name = bytes_in(row[7]);
    if (!row[8].is_null()) found.activation_secret = bytes_in(row[8]);
    found.expires_at = instant_in(row[9]);
    return found;
}

constexpr const char* spend_own_sql = R"sql(
    UPDATE challenge
    SET spent_at = clock_timestamp(), activation_secret = NULL
    WHERE challenge = $1 AND station = $2 AND spent_at IS NULL
)sql";
void Challenges::spend_if_live(ByteView challenge, const StationId& station) {
    tx_.raw().exec_params(spend_own_sql, bytea(challenge), station.get());
}

constexpr const char* sweep_sql = R"sql(
    DELETE FROM challenge
    WHERE expires_at < clock_timestamp() - interval '5 seconds'
)sql";
std::size_t Challenges::sweep() {
    return static_cast<std::size_t>(tx_.raw().exec(sweep_sql).affected_rows());
}

}  // namespace hallmark
