#include "db/arrays.h"
#include "db/columns.h"
#include "db/intents.h"

namespace hallmark {
namespace {

Refusal stopped() {
    Refusal refusal{Reason::unavailable, {}};
    refusal.detail = "record: the epoch, the intermediate or the product was stopped";
    return refusal;
}

}  // namespace

// The credentials' rows are locked: reconcile, which skips what others hold, cannot burn them in
// between. The epoch's own row stays free for its beat, which many signatures in a row would else
// keep out until it is dead. What follows is done for those that are held, in the same statement.
constexpr const char* record_sql = R"sql(
    WITH w AS MATERIALIZED (
        SELECT *
        FROM unnest($1::bytea[], $2::bigint[], $3::text[], $4::bytea[], $5::bytea[], $6::text[], $7::bytea[],
                    $8::bytea[], $9::text[], $10::text[])
             WITH ORDINALITY
             AS u (serial, epoch, intermediate, certificate, request, claims, challenge, manifest, key_uri,
                   device, i)
    ), held AS MATERIALIZED (
        SELECT w.i, w.serial
        FROM w
        JOIN credential c ON c.serial = w.serial
        JOIN epoch p ON p.id = c.epoch
        JOIN intermediate i ON i.id = c.intermediate
        WHERE c.state = 'reserved' AND c.epoch = w.epoch
          AND p.beat_at > clock_timestamp() - interval '10 seconds' AND i.state = 'active'
          AND NOT EXISTS (SELECT FROM product_hold h WHERE h.policy_sha256 = c.policy_sha256 AND h.held)
        ORDER BY w.serial
        FOR UPDATE OF c
        FOR SHARE OF i
        FOR KEY SHARE OF p
    ), body AS (
        INSERT INTO credential_body (serial, intermediate, certificate, request, claims, challenge,
                                     manifest_sha256, key_uri)
        SELECT w.serial, w.intermediate, w.certificate, w.request, w.claims, w.challenge, w.manifest, w.key_uri
        FROM w JOIN held USING (i)
    ), issued AS (
        UPDATE credential AS c
        SET state = 'issued', recorded_at = clock_timestamp()
        FROM held
        WHERE c.serial = held.serial
    ), due AS (
        INSERT INTO oracle_due (serial) SELECT serial FROM held
    ), moved AS (
        UPDATE device AS d
        SET state = 'issued'
        FROM w JOIN held USING (i)
        WHERE d.id = w.device AND d.state = 'unprovisioned'
    )
    SELECT i FROM held
)sql";
/// Which of the entries were recorded; nothing of the others was written.
std::vector<bool> record_held(Tx& tx, std::span<const RecordEntry* const> entries) {
    const auto text = [&](auto of) {
        return texts(entries, [&](auto* e) { return std::string_view(of(e->row)); });
    };
    const auto octets = [&](auto of) {
        return byteas(entries, [&](auto* e) { return ByteView(of(e->row)); });
    };
    using Row = const Recording&;
    const pqxx::result rows =
        run_prepared(tx, record_sql, octets([](Row r) -> auto& { return r.serial.get(); }),
                     numbers(entries, [](auto* e) { return e->row.epoch; }),
                     text([](Row r) -> auto& { return r.intermediate.get(); }),
                     octets([](Row r) -> auto& { return r.certificate; }),
                     octets([](Row r) -> auto& { return r.request; }),
                     text([](Row r) -> auto& { return r.claims; }),
                     octets([](Row r) -> auto& { return r.challenge; }),
                     octets([](Row r) -> auto& { return r.manifest; }),
                     text([](Row r) -> auto& { return r.key_uri; }),
                     text([](Row r) -> auto& { return r.device.get(); }));
    std::vector<bool> held(entries.size(), false);
    for (const auto& row : rows)
        held.at(row[0].as<std::size_t>() - 1) = true;  // WITH ORDINALITY counts from one.
    return held;
}

std::vector<Result<Done>> Intents::record(std::span<const RecordEntry* const> entries) {
    const std::vector<bool> held = record_held(tx_, entries);
    std::vector<Result<Done>> answers;
    std::vector<const EventEntry*> events;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (held[i]) {
            events.push_back(&entries[i]->event);
            answers.emplace_back(Done{});
        } else {
            answers.emplace_back(stopped());
        }
    }
    if (!events.empty()) Events(tx_).append(events);
    return answers;
}

constexpr const char* reserved_sql = R"sql(
    SELECT serial FROM intent WHERE serial = ANY ($1::bytea[])
)sql";
constexpr const char* recorded_sql = R"sql(
    SELECT serial FROM credential WHERE serial = ANY ($1::bytea[]) AND recorded_at IS NOT NULL
)sql";
template <typename Entry>
std::vector<Serial> standing(Tx& tx, const char* sql, std::span<const Entry* const> entries) {
    std::vector<Serial> found;
    for (const auto& row : run_prepared(
             tx, sql, byteas(entries, [](auto* e) { return ByteView(e->row.serial.get()); })))
        found.emplace_back(bytes_in(row[0]));
    return found;
}

std::vector<Serial> Intents::reserved(std::span<const IntentEntry* const> entries) {
    return standing(tx_, reserved_sql, entries);
}

std::vector<Serial> Intents::recorded(std::span<const RecordEntry* const> entries) {
    return standing(tx_, recorded_sql, entries);
}

}  // namespace hallmark
