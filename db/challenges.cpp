#include "db/challenges.h"

#include "db/arrays.h"
#include "db/columns.h"
#include "db/element_row.h"

#include <set>

namespace hallmark {
namespace {

/// Absent is empty on the way in; the statement makes it NULL.
ByteView octets_or_empty(const auto& octets) {
    return octets ? ByteView(*octets) : ByteView();
}

ChallengeRow row_in(const pqxx::row& row, const Bytes& challenge) {
    ChallengeRow found;
    found.challenge = challenge;
    found.door = row[2].as<std::string>();
    found.purpose = row[3].as<std::string>();
    found.station = StationId(row[4].as<std::string>());
    found.product = ProductId(row[5].as<std::string>());
    found.policy = digest_in(row[6]);
    found.format = row[7].as<std::string>();
    if (!row[8].is_null()) found.ek_certificate = digest_in(row[8]);
    if (!row[9].is_null()) found.ak_name = bytes_in(row[9]);
    if (!row[10].is_null()) found.activation_secret = bytes_in(row[10]);
    found.expires_at = instant_in(row[11]);
    if (!row[12].is_null()) found.element_key = digest_in(row[12]);
    return found;
}

}  // namespace

// Zero is no number of the registry's (0009): it stands for "whichever".
constexpr const char* open_sql = R"sql(
    WITH made AS (
        INSERT INTO challenge (challenge, door, purpose, station, product, policy_sha256, format,
                               ek_certificate_sha256, ak_name, activation_secret, element_key, expires_at)
        SELECT w.challenge, w.door, w.purpose, w.station, w.product, w.policy, w.format,
               NULLIF(w.ek_certificate, ''::bytea), NULLIF(w.ak_name, ''::bytea), NULLIF(w.secret, ''::bytea),
               NULLIF(w.element_key, ''::bytea), clock_timestamp() + make_interval(secs => $13)
        FROM (SELECT *, row_number() OVER (PARTITION BY station ORDER BY i) AS turn
              FROM unnest($1::bytea[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::text[],
                          $8::bytea[], $9::bytea[], $10::bytea[], $11::bytea[], $12::bigint[])
                   WITH ORDINALITY AS u (challenge, door, purpose, station, product, policy, format,
                                         ek_certificate, ak_name, secret, element_key, registry, i)) w
        WHERE set_config('synchronous_commit', 'off', true) = 'off'
          AND w.registry IN (0, (SELECT number FROM registry_version))
          AND (SELECT count(*) FROM challenge h
               WHERE h.station = w.station AND h.spent_at IS NULL AND h.expires_at > clock_timestamp())
              + w.turn <= $14
        RETURNING challenge
    )
    SELECT v.number, made.challenge FROM registry_version v LEFT JOIN made ON true
)sql";
std::vector<Opened> Challenges::open(std::span<const ChallengeOpening* const> openings,
                                     const Rules& rules) {
    const auto text = [&](auto of) {
        return texts(openings, [&](auto* each) { return std::string_view(of(each->row)); });
    };
    const auto octets = [&](auto of) {
        return byteas(openings, [&](auto* each) { return of(each->row); });
    };
    using Row = const ChallengeRow&;
    const pqxx::result opened =
        run_prepared(tx_, open_sql, octets([](Row row) { return ByteView(row.challenge); }),
                     text([](Row row) { return std::string_view(row.door); }),
                     text([](Row row) { return std::string_view(row.purpose); }),
                     text([](Row row) { return std::string_view(row.station.get()); }),
                     text([](Row row) { return std::string_view(row.product.get()); }),
                     octets([](Row row) { return ByteView(row.policy); }),
                     text([](Row row) { return std::string_view(row.format); }),
                     octets([](Row row) { return octets_or_empty(row.ek_certificate); }),
                     octets([](Row row) { return octets_or_empty(row.ak_name); }),
                     octets([](Row row) { return octets_or_empty(row.activation_secret); }),
                     octets([](Row row) { return octets_or_empty(row.element_key); }),
                     numbers(openings, [](auto* each) { return each->registry.value_or(0); }),
                     rules.lifetime.count(), rules.outstanding);
    const auto registry = opened[0][0].as<std::int64_t>();
    std::set<Bytes> stand;
    for (const auto& row : opened) {
        if (!row[1].is_null()) stand.insert(bytes_in(row[1]));
    }
    std::vector<Opened> answers;
    for (const ChallengeOpening* each : openings) {
        const bool moved = each->registry.value_or(registry) != registry;
        answers.push_back(stand.contains(each->row.challenge) ? Opened::yes
                          : moved                             ? Opened::registry_moved
                                                              : Opened::too_many);
    }
    return answers;
}

// LATERAL with a LIMIT: each question is answered from an index, whatever the planner believes of
// the tables' sizes.
constexpr const char* look_sql = R"sql(
    SELECT w.i, c.serial IS NOT NULL, h.door, h.purpose, h.station, h.product, h.policy_sha256, h.format,
           h.ek_certificate_sha256, h.ak_name, h.activation_secret, micros(h.expires_at), h.element_key,
           (SELECT number FROM registry_version), e.id, e.vendor, e.unique_id, e.model, e.manifest, e.state,
           e.lot, e.lot_state, e.product, e.site, e.line
    FROM unnest($1::text[], $2::text[], $3::bytea[]) WITH ORDINALITY AS w (station, request, challenge, i)
    LEFT JOIN LATERAL (
        SELECT serial
        FROM credential
        WHERE station = w.station AND request_id = w.request::uuid
        LIMIT 1) c ON true
    LEFT JOIN LATERAL (
        SELECT *
        FROM challenge
        WHERE challenge = w.challenge AND spent_at IS NULL AND expires_at > clock_timestamp()
        LIMIT 1) h ON true
    LEFT JOIN LATERAL (
        SELECT element.*, lot.state AS lot_state, lot.product, lot.site, lot.line
        FROM element_key
        JOIN element ON element.id = element_key.element
        JOIN lot ON lot.id = element.lot
        WHERE element_key.key_sha256 = h.element_key
        LIMIT 1) e ON true
)sql";
constexpr pqxx::row::size_type element_column = 14;
std::vector<RequestAnswer> Challenges::look(std::span<const RequestQuestion* const> questions) {
    std::vector<RequestAnswer> answers(questions.size());
    const pqxx::result rows = run_prepared(
        tx_, look_sql, texts(questions, [](auto* q) { return std::string_view(q->station.get()); }),
        texts(questions, [](auto* q) { return std::string_view(q->id.get()); }),
        byteas(questions, [](auto* q) { return ByteView(q->challenge); }));
    for (const auto& row : rows) {
        const std::size_t place = row[0].as<std::size_t>() - 1;  // WITH ORDINALITY counts from one.
        RequestAnswer& answer = answers.at(place);
        answer.registry = row[13].as<std::int64_t>();
        answer.is_known = row[1].as<bool>();
        if (!row[2].is_null()) answer.challenge = row_in(row, questions[place]->challenge);
        if (!row[element_column].is_null()) answer.element = element_in(row, element_column);
    }
    return answers;
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
