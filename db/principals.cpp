#include "db/principals.h"

#include "db/gate.h"
#include "db/operator_row.h"

#include <sstream>

namespace hallmark {
namespace {

// Names in an array are slugs, so a space parts them on both ways.
template <typename Names, typename NameOf>
std::string spaced(const Names& names, NameOf name_of_one) {
    std::string text;
    for (const auto& name : names) {
        if (!text.empty()) text += ' ';
        text += name_of_one(name);
    }
    return text;
}

StoredStation station_in(const pqxx::row& row) {
    StoredStation station;
    station.id = StationId(row[0].as<std::string>());
    station.site = SiteId(row[1].as<std::string>());
    std::istringstream products(row[2].as<std::string>());
    for (std::string product; products >> product;)
        station.products.emplace_back(product);
    station.expires = instant_in(row[3]);
    station.source = row[4].as<std::string>("");
    station.state = row[5].as<std::string>();
    station.certificate_sha256 = digest_in(row[6]);
    station.line = row[7].as<std::string>("");
    return station;
}

}  // namespace

constexpr const char* station_by_sql = R"sql(
    SELECT s.id, s.site, array_to_string(s.products, ' '), micros(s.expires), s.source, s.state,
           p.certificate_sha256, s.line
    FROM principal p
    JOIN station s ON s.kind = p.kind AND s.id = p.id
    WHERE p.certificate_sha256 = $1
)sql";
std::optional<StoredStation> Principals::station_by(const Digest& certificate) {
    const pqxx::result rows = run_prepared(tx_, station_by_sql, bytea(certificate));
    if (rows.empty()) return std::nullopt;
    return station_in(rows[0]);
}

constexpr const char* version_sql = R"sql(
    SELECT number FROM registry_version
)sql";
std::int64_t Principals::registry_version() {
    return run_prepared(tx_, version_sql)[0][0].as<std::int64_t>();
}

constexpr const char* stations_sql = R"sql(
    SELECT s.id, s.site, array_to_string(s.products, ' '), micros(s.expires), s.source, s.state,
           p.certificate_sha256, s.line
    FROM station s
    JOIN principal p ON p.kind = s.kind AND p.id = s.id
    ORDER BY s.id
)sql";
std::vector<StoredStation> Principals::stations() {
    std::vector<StoredStation> stations;
    for (const auto& row : tx_.raw().exec(stations_sql))
        stations.push_back(station_in(row));
    return stations;
}

constexpr const char* operator_by_sql = R"sql(
    SELECT o.id, o.name, array_to_string(o.roles, ' '), micros(o.expires), o.state
    FROM operator o
    WHERE o.certificate_sha256 = $1
)sql";
std::optional<StoredOperator> Principals::operator_by(const Digest& certificate) {
    const pqxx::result rows = tx_.raw().exec_params(operator_by_sql, bytea(certificate));
    if (rows.empty()) return std::nullopt;
    return operator_in(rows[0]);
}

// The lock's number has no meaning beyond being ours; it ends with the transaction.
constexpr const char* are_none_sql = R"sql(
    SELECT NOT EXISTS (SELECT FROM principal)
)sql";
bool Principals::are_none() {
    tx_.raw().exec("SELECT pg_advisory_xact_lock(4842215)");
    return tx_.raw().exec1(are_none_sql)[0].as<bool>();
}

constexpr const char* pin_sql = R"sql(
    INSERT INTO principal (kind, id, certificate, certificate_sha256, key_sha256,
                           enrolled_at, enrolled_by)
    VALUES ($1, $2, $3, $4, $5, $6::timestamptz, $7)
    ON CONFLICT DO NOTHING
)sql";
bool Principals::pin(const CertificatePin& pin) {
    if (!claim_key(tx_, pin.key_sha256, pin.kind, pin.id)) return false;
    return tx_.raw()
               .exec_params(pin_sql, pin.kind, pin.id, bytea(pin.certificate),
                            bytea(pin.certificate_sha256), bytea(pin.key_sha256),
                            to_rfc3339(pin.at), pin.actor)
               .affected_rows() == 1;
}

constexpr const char* add_station_sql = R"sql(
    INSERT INTO station (id, site, products, expires, source, state, line)
    VALUES ($1, $2, string_to_array($3, ' '), $4::timestamptz, NULLIF($5, '')::cidr, $6, NULLIF($7, ''))
)sql";
void Principals::add(const StoredStation& station) {
    const auto text_of = [](const ProductId& product) { return product.get(); };
    tx_.raw().exec_params(add_station_sql, station.id.get(), station.site.get(),
                          spaced(station.products, text_of), to_rfc3339(station.expires),
                          station.source, station.state, station.line);
}

constexpr const char* add_operator_sql = R"sql(
    INSERT INTO operator (id, name, roles, expires, state, certificate_sha256)
    SELECT p.id, $2, string_to_array($3, ' '), $4::timestamptz, $5, p.certificate_sha256
    FROM principal p
    WHERE p.kind = 'operator' AND p.id = $1
)sql";
void Principals::add(const StoredOperator& person) {
    const auto text_of = [](Role role) { return name_of(role); };
    tx_.raw().exec_params(add_operator_sql, person.id.get(), person.name,
                          spaced(person.roles, text_of), to_rfc3339(person.expires), person.state);
}

constexpr const char* state_sql = R"sql(
    SELECT state
    FROM station
    WHERE id = $1
)sql";
std::optional<std::string> Principals::state_of(const StationId& id) {
    const pqxx::result rows = tx_.raw().exec_params(state_sql, id.get());
    if (rows.empty()) return std::nullopt;
    return rows[0][0].as<std::string>();
}

constexpr const char* set_state_sql = R"sql(
    UPDATE station
    SET state = $2
    WHERE id = $1 AND state <> $2
)sql";
bool Principals::set_state(const StationId& id, std::string_view state) {
    close_gate(tx_);
    return tx_.raw().exec_params(set_state_sql, id.get(), std::string(state)).affected_rows() == 1;
}

constexpr const char* claim_key_sql = R"sql(
    INSERT INTO known_key (key_sha256, holder_kind, holder_id)
    VALUES ($1, $2, $3)
    ON CONFLICT DO NOTHING
)sql";
bool claim_key(Tx& tx, const Digest& key_sha256, std::string_view holder_kind,
               std::string_view holder_id) {
    return tx.raw()
               .exec_params(claim_key_sql, bytea(key_sha256), std::string(holder_kind),
                            std::string(holder_id))
               .affected_rows() == 1;
}

}  // namespace hallmark
