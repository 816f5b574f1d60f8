#include "db/operators.h"

#include "db/operator_row.h"

namespace hallmark {
namespace {

std::string spaced(const std::vector<Role>& roles) {
    std::string text;
    for (const Role role : roles)
        text += (text.empty() ? "" : " ") + std::string(name_of(role));
    return text;
}

/// From the columns of an operator and three more: its certificate, who enrolled it, whether it has
/// expired.
OperatorRow whole_row_in(const pqxx::row& row) {
    return {.person = operator_in(row),
            .certificate_sha256 = digest_in(row[5]),
            .enrolled_by = row[6].as<std::string>(),
            .is_expired = row[7].as<bool>()};
}

}  // namespace

constexpr const char* find_operator_sql = R"sql(
    SELECT o.id, o.name, array_to_string(o.roles, ' '), micros(o.expires), o.state,
           o.certificate_sha256, p.enrolled_by, o.expires < clock_timestamp()
    FROM operator o
    JOIN principal p ON p.kind = o.kind AND p.id = o.id
    WHERE o.id = $1
)sql";
std::optional<OperatorRow> Operators::find(const OperatorId& id) {
    const pqxx::result rows = run_prepared(tx_, find_operator_sql, id.get());
    if (rows.empty()) return std::nullopt;
    return whole_row_in(rows[0]);
}

constexpr const char* find_shared_sql = R"sql(
    SELECT o.id, o.name, array_to_string(o.roles, ' '), micros(o.expires), o.state,
           o.certificate_sha256, p.enrolled_by, o.expires < clock_timestamp()
    FROM operator o
    JOIN principal p ON p.kind = o.kind AND p.id = o.id
    WHERE o.id = $1
    FOR SHARE OF o
)sql";
std::optional<OperatorRow> Operators::find_shared(const OperatorId& id) {
    const pqxx::result rows = run_prepared(tx_, find_shared_sql, id.get());
    if (rows.empty()) return std::nullopt;
    return whole_row_in(rows[0]);
}

constexpr const char* all_operators_sql = R"sql(
    SELECT o.id, o.name, array_to_string(o.roles, ' '), micros(o.expires), o.state,
           o.certificate_sha256, p.enrolled_by, o.expires < clock_timestamp()
    FROM operator o
    JOIN principal p ON p.kind = o.kind AND p.id = o.id
    ORDER BY o.id
)sql";
std::vector<OperatorRow> Operators::all() {
    std::vector<OperatorRow> found;
    for (const auto& row : run_prepared(tx_, all_operators_sql))
        found.push_back(whole_row_in(row));
    return found;
}

constexpr const char* set_operator_state_sql = R"sql(
    UPDATE operator
    SET state = $2
    WHERE id = $1 AND state <> $2
)sql";
bool Operators::set_state(const OperatorId& id, std::string_view state) {
    return run_prepared(tx_, set_operator_state_sql, id.get(), std::string(state))
               .affected_rows() == 1;
}

constexpr const char* set_roles_sql = R"sql(
    UPDATE operator
    SET roles = string_to_array($2, ' ')
    WHERE id = $1
)sql";
void Operators::set_roles(const OperatorId& id, const std::vector<Role>& roles) {
    run_prepared(tx_, set_roles_sql, id.get(), spaced(roles));
}

constexpr const char* keep_rekeying_sql = R"sql(
    INSERT INTO operator_rekeying (certificate_sha256, certificate, key_sha256, operator, at, rekeyed_by)
    VALUES ($1, $2, $3, $4, $5::timestamptz, $6)
)sql";
constexpr const char* rekey_sql = R"sql(
    UPDATE operator
    SET certificate_sha256 = $2, expires = $3::timestamptz
    WHERE id = $1
)sql";
bool Operators::rekey(const Rekeying& rekeying) {
    if (!claim_key(tx_, rekeying.key_sha256, "operator", rekeying.id.get())) return false;
    run_prepared(tx_, keep_rekeying_sql, bytea(rekeying.certificate_sha256),
                 bytea(rekeying.certificate), bytea(rekeying.key_sha256), rekeying.id.get(),
                 to_rfc3339(rekeying.at), rekeying.actor);
    run_prepared(tx_, rekey_sql, rekeying.id.get(), bytea(rekeying.certificate_sha256),
                 to_rfc3339(rekeying.expires));
    return true;
}

constexpr const char* vouch_sql = R"sql(
    INSERT INTO operator_voucher (operator, voucher, proposal)
    VALUES ($1, $2, $3)
)sql";
void Operators::vouch(const OperatorId& person, const OperatorId& voucher,
                      const std::string& proposal) {
    run_prepared(tx_, vouch_sql, person.get(), voucher.get(), proposal);
}

constexpr const char* are_tied_sql = R"sql(
    SELECT EXISTS (SELECT FROM operator_voucher
                   WHERE (operator = $1 AND voucher = $2) OR (operator = $2 AND voucher = $1))
)sql";
bool Operators::are_tied(const OperatorId& one, const OperatorId& other) {
    return run_prepared(tx_, are_tied_sql, one.get(), other.get())[0][0].as<bool>();
}

constexpr const char* is_new_key_sql = R"sql(
    SELECT NOT EXISTS (SELECT FROM known_key WHERE key_sha256 = $1)
)sql";
bool Operators::is_new_key(const Digest& key_sha256) {
    return run_prepared(tx_, is_new_key_sql, bytea(key_sha256))[0][0].as<bool>();
}

}  // namespace hallmark
