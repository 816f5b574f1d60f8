#include "db/events.h"

#include "db/arrays.h"
#include "db/columns.h"

namespace hallmark {
namespace {

/// libpqxx 6 writes a null pointer as NULL.
const char* or_null(const std::optional<std::string>& text) {
    return text ? text->c_str() : nullptr;
}

std::optional<std::string> text_of(const std::optional<Instant>& instant) {
    if (!instant) return std::nullopt;
    return to_rfc3339(*instant);
}

}  // namespace

// Absent is empty on the way in: a key that an event has is never empty.
constexpr const char* append_sql = R"sql(
    INSERT INTO event (type, subject, actor, at, body, body_sha256,
                       device, serial, element, station, lot, product, policy)
    SELECT w.type, w.subject, w.actor, w.at::timestamptz, w.body, w.body_sha256,
           NULLIF(w.device, ''), NULLIF(w.serial, ''), NULLIF(w.element, ''), NULLIF(w.station, ''),
           NULLIF(w.lot, ''), NULLIF(w.product, ''), NULLIF(w.policy, '')
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::text[], $8::text[],
                $9::text[], $10::text[], $11::text[], $12::text[], $13::text[])
         WITH ORDINALITY AS w (type, subject, actor, at, body, body_sha256,
                               device, serial, element, station, lot, product, policy, i)
    ORDER BY w.i
)sql";
void Events::append(std::span<const EventEntry* const> entries) {
    std::vector<std::string> times;
    for (const EventEntry* entry : entries)
        times.push_back(to_rfc3339(entry->row.at));
    const auto text = [&](std::string EventRow::*field) {
        return texts(entries, [&](auto* e) { return std::string_view(e->row.*field); });
    };
    const auto key = [&](std::optional<std::string> EventKeys::*field) {
        return texts(entries, [&](auto* e) {
            const auto& value = e->keys.*field;
            return value ? std::string_view(*value) : std::string_view();
        });
    };
    run_prepared(tx_, append_sql, text(&EventRow::type), text(&EventRow::subject),
                 text(&EventRow::actor),
                 texts(times, [](const std::string& time) { return std::string_view(time); }),
                 text(&EventRow::body),
                 byteas(entries, [](auto* e) { return ByteView(e->row.body_sha256); }),
                 key(&EventKeys::device), key(&EventKeys::serial), key(&EventKeys::element),
                 key(&EventKeys::station), key(&EventKeys::lot), key(&EventKeys::product),
                 key(&EventKeys::policy));
}

void Events::append(const EventEntry& entry) {
    const EventEntry* const entries[] = {&entry};
    append(entries);
}

constexpr const char* search_sql = R"sql(
    SELECT number, type, subject, actor, micros(at), body, body_sha256
    FROM event
    WHERE ($1::text IS NULL OR device = $1)
      AND ($2::text IS NULL OR serial = $2)
      AND ($3::text IS NULL OR element = $3)
      AND ($4::text IS NULL OR station = $4)
      AND ($5::text IS NULL OR lot = $5)
      AND ($6::text IS NULL OR product = $6)
      AND ($7::text IS NULL OR policy = $7)
      AND ($8::text IS NULL OR subject = $8)
      AND ($9::text IS NULL OR type = $9)
      AND ($10::text IS NULL OR at >= $10::timestamptz)
      AND ($11::text IS NULL OR at < $11::timestamptz)
      AND number > $12
    ORDER BY number
    LIMIT $13
)sql";
std::vector<EventRow> Events::search(const EventFilter& filter) {
    const EventKeys& keys = filter.keys;
    const auto from = text_of(filter.from);
    const auto until = text_of(filter.until);
    const pqxx::result rows = tx_.raw().exec_params(
        search_sql, or_null(keys.device), or_null(keys.serial), or_null(keys.element),
        or_null(keys.station), or_null(keys.lot), or_null(keys.product), or_null(keys.policy),
        or_null(filter.subject), or_null(filter.type), or_null(from), or_null(until), filter.after,
        filter.limit);
    std::vector<EventRow> found;
    found.reserve(rows.size());
    for (const auto& row : rows) {
        found.push_back({.number = row[0].as<std::uint64_t>(),
                         .type = row[1].as<std::string>(),
                         .subject = row[2].as<std::string>(),
                         .actor = row[3].as<std::string>(),
                         .at = instant_in(row[4]),
                         .body = row[5].as<std::string>(),
                         .body_sha256 = digest_in(row[6])});
    }
    return found;
}

}  // namespace hallmark
