#include "db/intermediates.h"

#include "db/columns.h"
#include "db/gate.h"
#include "db/principals.h"

#include <sstream>

namespace hallmark {

constexpr const char* chain_sql = R"sql(
    SELECT certificate
    FROM intermediate_issuer
    WHERE intermediate = $1
    ORDER BY position
)sql";

namespace {

StoredIntermediate intermediate_in(pqxx::transaction_base& tx, const pqxx::row& row) {
    StoredIntermediate found;
    found.id = IntermediateId(row[0].as<std::string>());
    found.key_uri = row[1].as<std::string>();
    found.algorithm = row[2].as<std::string>();
    found.certificate = bytes_in(row[3]);
    found.key_sha256 = digest_in(row[4]);
    found.not_after = instant_in(row[5]);
    found.state = row[6].as<std::string>();
    std::istringstream products(row[7].as<std::string>(""));
    for (std::string product; products >> product;)
        found.products.emplace_back(product);
    if (!row[8].is_null()) found.signs_from = instant_in(row[8]);
    if (!row[9].is_null()) found.signs_until = instant_in(row[9]);
    found.leaves = row[10].as<std::uint64_t>();
    found.lists = row[11].as<std::uint64_t>();
    for (const auto& issuer : tx.exec_params(chain_sql, found.id.get())) {
        found.chain.push_back(bytes_in(issuer[0]));
    }
    return found;
}

}  // namespace

constexpr const char* find_sql = R"sql(
    SELECT id, key_uri, algorithm, certificate, key_sha256, micros(not_after), state,
           array_to_string(products, ' '), micros(signs_from), micros(signs_until),
           COALESCE((SELECT sum(used)::bigint FROM usage u
                     WHERE u.kind = 'intermediate' AND u.id = intermediate.id AND u.product = '' AND u.per = 'all'
                       AND u.station = ''), 0),
           (SELECT count(*) FROM crl_intent c WHERE c.intermediate = intermediate.id)
    FROM intermediate
    WHERE id = $1
)sql";
std::optional<StoredIntermediate> Intermediates::find(const IntermediateId& id) {
    const pqxx::result rows = tx_.raw().exec_params(find_sql, id.get());
    if (rows.empty()) return std::nullopt;
    return intermediate_in(tx_.raw(), rows[0]);
}

constexpr const char* all_sql = R"sql(
    SELECT id, key_uri, algorithm, certificate, key_sha256, micros(not_after), state,
           array_to_string(products, ' '), micros(signs_from), micros(signs_until),
           COALESCE((SELECT sum(used)::bigint FROM usage u
                     WHERE u.kind = 'intermediate' AND u.id = intermediate.id AND u.product = '' AND u.per = 'all'
                       AND u.station = ''), 0),
           (SELECT count(*) FROM crl_intent c WHERE c.intermediate = intermediate.id)
    FROM intermediate
    ORDER BY id
)sql";
std::vector<StoredIntermediate> Intermediates::all() {
    std::vector<StoredIntermediate> found;
    for (const auto& row : tx_.raw().exec(all_sql))
        found.push_back(intermediate_in(tx_.raw(), row));
    return found;
}

constexpr const char* add_sql = R"sql(
    INSERT INTO intermediate (id, key_uri, algorithm, certificate, key_sha256, not_after,
                              added_at, added_by, state, products, signs_from, signs_until)
    VALUES ($1, $2, $3, $4, $5, $6::timestamptz, $7::timestamptz, $8, 'active',
            string_to_array(NULLIF($9, ''), ' '), $10::timestamptz, $11::timestamptz)
    ON CONFLICT DO NOTHING
)sql";
constexpr const char* add_issuer_sql = R"sql(
    INSERT INTO intermediate_issuer (intermediate, position, certificate)
    VALUES ($1, $2, $3)
)sql";
bool Intermediates::add(const StoredIntermediate& added, std::string_view actor, Instant at) {
    if (!claim_key(tx_, added.key_sha256, "intermediate", added.id.get())) return false;
    auto& tx = tx_.raw();
    std::string products;  // Slugs, so a space parts them.
    for (const ProductId& product : added.products)
        products += (products.empty() ? "" : " ") + product.get();
    const auto text_of = [](const std::optional<Instant>& instant) {
        return instant ? std::optional(to_rfc3339(*instant)) : std::nullopt;
    };
    const pqxx::result done = tx.exec_params(
        add_sql, added.id.get(), added.key_uri, added.algorithm, bytea(added.certificate),
        bytea(added.key_sha256), to_rfc3339(added.not_after), to_rfc3339(at), std::string(actor),
        products, text_of(added.signs_from), text_of(added.signs_until));
    if (done.affected_rows() != 1) return false;
    for (std::size_t i = 0; i < added.chain.size(); ++i) {
        tx.exec_params(add_issuer_sql, added.id.get(), i, bytea(added.chain[i]));
    }
    return true;
}

constexpr const char* set_state_sql = R"sql(
    UPDATE intermediate
    SET state = $2
    WHERE id = $1 AND state <> $2
)sql";
bool Intermediates::set_state(const IntermediateId& id, std::string_view state) {
    close_gate(tx_);
    return tx_.raw().exec_params(set_state_sql, id.get(), std::string(state)).affected_rows() == 1;
}

}  // namespace hallmark
