// What stands in the record and how often the token signed, counted before and after an act: what
// an act must not leave behind is then one comparison.
#pragma once

#include "db/database.h"

#include <ostream>
#include <string>

#include <pqxx/pqxx>

namespace hallmark::testing {

struct Standing {
    long credentials = 0;
    long intents = 0;
    long bodies = 0;
    long charges = 0;  ///< Of all limits together.
    long known_keys = 0;
    long names = 0;
    long devices = 0;
    long bound = 0;  ///< Elements in that state.
    long installations = 0;
    long endings = 0;
    long refusals = 0;
    long refusal_events = 0;
    long events = 0;
    long signatures = 0;  ///< By the token, lists left out.

    bool operator==(const Standing&) const = default;
    friend std::ostream& operator<<(std::ostream& out, const Standing& s) {
        return out << "credentials " << s.credentials << ", intents " << s.intents << ", bodies "
                   << s.bodies << ", charges " << s.charges << ", known keys " << s.known_keys
                   << ", names " << s.names << ", devices " << s.devices << ", bound " << s.bound
                   << ", installations " << s.installations << ", endings " << s.endings
                   << ", refusals " << s.refusals << ", their events " << s.refusal_events
                   << ", events " << s.events << ", signatures " << s.signatures;
    }
};

constexpr const char* standing_sql = R"sql(
    SELECT (SELECT count(*) FROM credential),
           (SELECT count(*) FROM intent),
           (SELECT count(*) FROM credential_body),
           (SELECT COALESCE(sum(used), 0)::bigint FROM usage),
           (SELECT count(*) FROM known_key),
           (SELECT count(*) FROM credential_name),
           (SELECT count(*) FROM device),
           (SELECT count(*) FROM element WHERE state = 'bound'),
           (SELECT count(*) FROM installation),
           (SELECT count(*) FROM ending),
           (SELECT count(*) FROM refusal),
           (SELECT count(*) FROM event WHERE type LIKE '%.refused'),
           (SELECT count(*) FROM event)
)sql";
/// Without the signatures, which the database does not know.
inline Standing standing_in(Database& database) {
    return database.transact([](Tx& tx) {
        const pqxx::row row = tx.raw().exec1(standing_sql);
        Standing standing;
        long* const counts[] = {
            &standing.credentials, &standing.intents,    &standing.bodies,
            &standing.charges,     &standing.known_keys, &standing.names,
            &standing.devices,     &standing.bound,      &standing.installations,
            &standing.endings,     &standing.refusals,   &standing.refusal_events,
            &standing.events};
        pqxx::row::size_type column = 0;
        for (long* count : counts)
            *count = row[column++].as<long>();
        return standing;
    });
}

}  // namespace hallmark::testing
