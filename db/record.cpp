#include "db/arrays.h"
#include "db/columns.h"
#include "db/intents.h"

#include <algorithm>

namespace hallmark {
namespace {

using Rows = std::vector<const RecordEntry*>;

Refusal stopped() {
    Refusal refusal{Reason::unavailable, {}};
    refusal.detail = "record: the epoch, the intermediate or the product was stopped";
    return refusal;
}

auto serials_of(const Rows& rows) {
    return byteas(rows, [](auto* e) { return ByteView(e->row.serial.get()); });
}

}  // namespace

// The credentials' rows are locked: reconcile, which skips what others hold, cannot burn them in
// between. The epoch's own row stays free for its beat, which many signatures in a row would else
// keep out until it is dead.
constexpr const char* still_held_sql = R"sql(
    SELECT w.i
    FROM unnest($1::bytea[], $2::bigint[]) WITH ORDINALITY AS w (serial, epoch, i)
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
)sql";
std::vector<bool> still_held(Tx& tx, std::span<const RecordEntry* const> entries) {
    std::vector<bool> held(entries.size(), false);
    const Rows rows(entries.begin(), entries.end());
    for (const auto& row : run_prepared(tx, still_held_sql, serials_of(rows),
                                        numbers(rows, [](auto* e) { return e->row.epoch; })))
        held[row[0].as<std::size_t>() - 1] = true;
    return held;
}

constexpr const char* bodies_sql = R"sql(
    INSERT INTO credential_body (serial, intermediate, certificate, request, claims, challenge,
                                 manifest_sha256, key_uri)
    SELECT * FROM unnest($1::bytea[], $2::text[], $3::bytea[], $4::bytea[], $5::text[], $6::bytea[],
                         $7::bytea[], $8::text[])
)sql";
void insert_bodies(Tx& tx, const Rows& rows) {
    run_prepared(tx, bodies_sql, serials_of(rows),
                 texts(rows, [](auto* e) { return std::string_view(e->row.intermediate.get()); }),
                 byteas(rows, [](auto* e) { return ByteView(e->row.certificate); }),
                 byteas(rows, [](auto* e) { return ByteView(e->row.request); }),
                 texts(rows, [](auto* e) { return std::string_view(e->row.claims); }),
                 byteas(rows, [](auto* e) { return ByteView(e->row.challenge); }),
                 byteas(rows, [](auto* e) { return ByteView(e->row.manifest); }),
                 texts(rows, [](auto* e) { return std::string_view(e->row.key_uri); }));
}

constexpr const char* issued_sql = R"sql(
    UPDATE credential SET state = 'issued', recorded_at = clock_timestamp() WHERE serial = ANY ($1::bytea[])
)sql";
constexpr const char* due_sql = R"sql(
    INSERT INTO oracle_due (serial) SELECT * FROM unnest($1::bytea[])
)sql";
constexpr const char* devices_issued_sql = R"sql(
    UPDATE device SET state = 'issued' WHERE id = ANY ($1::text[]) AND state = 'unprovisioned'
)sql";
std::vector<Result<Done>> Intents::record(std::span<const RecordEntry* const> entries) {
    const std::vector<bool> held = still_held(tx_, entries);
    std::vector<Result<Done>> answers;
    Rows rows;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (held[i]) {
            rows.push_back(entries[i]);
            answers.emplace_back(Done{});
        } else {
            answers.emplace_back(stopped());
        }
    }
    if (rows.empty()) return answers;
    insert_bodies(tx_, rows);
    run_prepared(tx_, issued_sql, serials_of(rows));
    run_prepared(tx_, due_sql, serials_of(rows));
    run_prepared(tx_, devices_issued_sql,
                 texts(rows, [](auto* e) { return std::string_view(e->row.device.get()); }));
    std::vector<const EventEntry*> events;
    for (const RecordEntry* entry : rows)
        events.push_back(&entry->event);
    Events(tx_).append(events);
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
