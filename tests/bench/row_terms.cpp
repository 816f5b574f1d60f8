// What the rows of both commits cost PostgreSQL: the same tables with their constraints, triggers
// and indexes, and none of the questions that are asked before.
#include "tests/bench/terms.h"
#include "tests/crash/factory.h"

#include <pqxx/pqxx>

namespace hallmark::testing {
namespace {

constexpr int batch = 256;
constexpr int batches = 6;
constexpr int rounds = 5;

/// All that a device's rows need, made beforehand; sizes as a TPM's issuance has them.
constexpr const char* prepare_sql = R"sql(
    CREATE TEMP TABLE wanted AS
    SELECT row_number() OVER (ORDER BY e.id) - 1 AS n, e.id AS element, e.lot,
           'bench.' || e.id AS device, gen_random_uuid() AS issuance, gen_random_uuid() AS request_id,
           sha256(('serial' || e.id)::bytea) AS digest,
           substr(sha256(('serial' || e.id)::bytea), 1, 17) AS serial,
           sha256(('key' || e.id)::bytea) AS key,
           convert_to(repeat('t', 600) || e.id, 'UTF8') AS tbs,
           convert_to(repeat('c', 720) || e.id, 'UTF8') AS certificate,
           convert_to(repeat('r', 4200) || e.id, 'UTF8') AS request,
           repeat('a', 700) AS claims, repeat('b', 900) || e.id AS body,
           sha256(('challenge' || e.id)::bytea) AS challenge
    FROM element e;
    INSERT INTO challenge (challenge, door, purpose, station, product, policy_sha256, format, expires_at)
    SELECT challenge, 'factory', 'issuance', 'station-1', 'tpm-gateway', sha256('p'), 'tpm2',
           clock_timestamp() + interval '100 seconds'
    FROM wanted;
    INSERT INTO epoch (id, node, started_at, beat_at)
    OVERRIDING SYSTEM VALUE VALUES (999, 'bench', clock_timestamp(), clock_timestamp());
    INSERT INTO usage (kind, id, product, used) VALUES ('station', 'station-1', 'tpm-gateway', 1);
    CREATE INDEX ON wanted (n);
    ANALYZE wanted;
)sql";

constexpr const char* intent_sql = R"sql(
    UPDATE challenge c SET spent_at = clock_timestamp() FROM wanted w
    WHERE c.challenge = w.challenge AND w.n >= $1 AND w.n < $2;
    INSERT INTO device (id, product, element)
    SELECT device, 'tpm-gateway', element FROM wanted WHERE n >= $1 AND n < $2;
    UPDATE element e SET state = 'bound' FROM wanted w WHERE e.id = w.element AND w.n >= $1 AND w.n < $2;
    INSERT INTO known_key (key_sha256, holder_kind, holder_id)
    SELECT key, 'credential', element FROM wanted WHERE n >= $1 AND n < $2;
    INSERT INTO credential_name (intermediate, kind, name_sha256, element)
    SELECT 'line-1', kind, sha256((kind || element)::bytea), element
    FROM wanted CROSS JOIN (VALUES ('subject'), ('san')) k (kind) WHERE n >= $1 AND n < $2;
    UPDATE usage SET used = used + 1 WHERE kind = 'station' AND id = 'station-1';
    INSERT INTO credential (serial, issuance, station, request_id, body_sha256, device, element, product,
                            policy_sha256, intermediate, lot, site, key_sha256, tbs_sha256, not_before,
                            not_after, installation_nonce, confirm_within, epoch)
    SELECT serial, issuance, 'station-1', request_id, digest, device, element, 'tpm-gateway', sha256('p'),
           'line-1', lot, 'hall-1', key, sha256(tbs), now(), now() + interval '10 years', digest,
           interval '1 hour', 999
    FROM wanted WHERE n >= $1 AND n < $2;
    INSERT INTO intent (serial, tbs, tbs_sha256)
    SELECT serial, tbs, sha256(tbs) FROM wanted WHERE n >= $1 AND n < $2;
)sql";

constexpr const char* record_sql = R"sql(
    INSERT INTO credential_body (serial, intermediate, certificate, request, claims, challenge,
                                 manifest_sha256, key_uri)
    SELECT serial, 'line-1', certificate, request, claims, challenge, digest, 'pkcs11:object=line-1'
    FROM wanted WHERE n >= $1 AND n < $2;
    UPDATE credential c SET state = 'issued', recorded_at = clock_timestamp() FROM wanted w
    WHERE c.serial = w.serial AND w.n >= $1 AND w.n < $2;
    INSERT INTO oracle_due (serial) SELECT serial FROM wanted WHERE n >= $1 AND n < $2;
    UPDATE device d SET state = 'issued' FROM wanted w WHERE d.id = w.device AND w.n >= $1 AND w.n < $2;
    INSERT INTO event (type, subject, actor, at, body, body_sha256, device, serial, element, station,
                       lot, product, policy)
    SELECT 'credential.issued', 'credential/' || encode(serial, 'hex'), 'station/station-1', now(), body,
           sha256(convert_to(body, 'UTF8')), device, encode(serial, 'hex'), element, 'station-1', lot,
           'tpm-gateway', encode(sha256('p'), 'hex')
    FROM wanted WHERE n >= $1 AND n < $2;
)sql";

/// The statements with the batch's bounds in them.
std::string bounded(std::string sql, int from, int to) {
    for (const auto& [name, value] : {std::pair("$1", from), std::pair("$2", to)}) {
        for (auto at = sql.find(name); at != std::string::npos; at = sql.find(name))
            sql.replace(at, 2, std::to_string(value));
    }
    return sql;
}

}  // namespace

Microseconds cost_of_rows() {
    Factory factory;
    factory.deliver(batch * batches * rounds);
    pqxx::connection connection(conninfo_as(factory.conninfo(), "postgres"));
    pqxx::nontransaction(connection).exec("SET search_path = hallmark");
    pqxx::nontransaction(connection).exec(prepare_sql);
    // Reads nothing of theirs by a plan that was made while they were empty.
    pqxx::nontransaction(connection).exec("ANALYZE challenge, element");
    Microseconds fastest = Microseconds::max();
    for (int round = 0; round < rounds; ++round) {
        const Microseconds begin = cpu_of_family(Postgres::cluster().pid());
        for (int i = 0; i < batches; ++i) {
            const int from = (round * batches + i) * batch;
            for (const char* sql : {intent_sql, record_sql}) {
                pqxx::work tx(connection);
                tx.exec(bounded(sql, from, from + batch));
                tx.commit();
            }
        }
        fastest = std::min(fastest,
                           (cpu_of_family(Postgres::cluster().pid()) - begin) / (batch * batches));
    }
    return fastest;
}

}  // namespace hallmark::testing
