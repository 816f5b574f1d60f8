#include "db/policies.h"

#include "db/columns.h"

namespace hallmark {

constexpr const char* current_sql = R"sql(
    SELECT policy_sha256
    FROM product_policy
    WHERE product = $1
    ORDER BY number DESC
    LIMIT 1
)sql";
std::optional<Digest> Policies::current(const ProductId& product) {
    const pqxx::result rows = tx_.raw().exec_params(current_sql, product.get());
    if (rows.empty()) return std::nullopt;
    return digest_in(rows[0][0]);
}

constexpr const char* canonical_sql = R"sql(
    SELECT canonical
    FROM policy_version
    WHERE policy_sha256 = $1
)sql";
std::optional<std::string> Policies::canonical(const Digest& digest) {
    const pqxx::result rows = tx_.raw().exec_params(canonical_sql, bytea(digest));
    if (rows.empty()) return std::nullopt;
    return rows[0][0].as<std::string>();
}

constexpr const char* lock_sql = R"sql(
    SELECT pg_advisory_xact_lock(4842217, hashtext($1))
)sql";
void Policies::lock(const ProductId& product) {
    tx_.raw().exec_params(lock_sql, product.get());
}

constexpr const char* keep_sql = R"sql(
    INSERT INTO policy_version (policy_sha256, product, canonical)
    VALUES ($1, $2, $3)
    ON CONFLICT DO NOTHING
)sql";
void Policies::keep(const ProductId& product, const Digest& digest, const std::string& canonical) {
    tx_.raw().exec_params(keep_sql, bytea(digest), product.get(), canonical);
}

constexpr const char* follow_sql = R"sql(
    INSERT INTO product_policy (product, policy_sha256, applied_at, applied_by)
    VALUES ($1, $2, $3::timestamptz, $4)
)sql";
void Policies::follow(const ProductId& product, const Digest& digest, std::string_view actor,
                      Instant at) {
    tx_.raw().exec_params(follow_sql, product.get(), bytea(digest), to_rfc3339(at),
                          std::string(actor));
}

}  // namespace hallmark
