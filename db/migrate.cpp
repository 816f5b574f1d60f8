#include "db/migrate.h"

#include "db/embedded.h"

#include <map>

#include <pqxx/pqxx>

namespace hallmark {
namespace {

struct Applied {
    std::string name;
    std::string sha256;
};

constexpr const char* exists_sql = R"sql(
    SELECT pg_catalog.to_regclass('hallmark.schema_migration') IS NOT NULL
)sql";
constexpr const char* applied_sql = R"sql(
    SELECT number, name, sha256
    FROM hallmark.schema_migration
    ORDER BY number
)sql";

std::map<int, Applied> applied_migrations(pqxx::transaction_base& tx) {
    std::map<int, Applied> applied;
    if (!tx.exec1(exists_sql)[0].as<bool>()) return applied;
    for (const auto& row : tx.exec(applied_sql)) {
        applied[row[0].as<int>()] = {row[1].as<std::string>(), row[2].as<std::string>()};
    }
    return applied;
}

SchemaState compare(std::map<int, Applied> applied, const Schema& schema) {
    SchemaState state;
    for (const Migration& migration : schema.migrations) {
        const auto at = applied.find(migration.number);
        if (at == applied.end()) {
            state.pending.push_back(migration.name);
            continue;
        }
        if (at->second.name != migration.name || at->second.sha256 != to_hex(migration.sha256)) {
            state.trouble = "migration " + migration.name + " was altered after it was applied";
        } else if (!state.pending.empty()) {
            state.trouble = "migration " + migration.name + " was applied before an earlier one";
        }
        applied.erase(at);
    }
    if (!applied.empty()) {
        state.trouble = "the database has migration " + applied.begin()->second.name +
                        ", which this binary does not know";
    }
    state.is_ready = state.pending.empty() && state.trouble.empty();
    return state;
}

// One migration at a time in the whole cluster's database; the number has no meaning beyond being
// ours.
constexpr const char* lock_sql = "SELECT pg_catalog.pg_advisory_xact_lock(4842214)";
constexpr const char* remember_sql = R"sql(
    INSERT INTO hallmark.schema_migration (number, name, sha256)
    VALUES ($1, $2, $3)
)sql";

void begin_as_owner(pqxx::transaction_base& tx, const Schema& schema) {
    tx.exec(lock_sql);
    tx.exec(schema.bootstrap);
}

/// Applies the first migration that is missing; false when there is none.
Result<bool> apply_next(pqxx::connection& connection, const Schema& schema,
                        std::vector<std::string>& done) {
    pqxx::work tx(connection);
    begin_as_owner(tx, schema);
    const SchemaState state = compare(applied_migrations(tx), schema);
    if (!state.trouble.empty()) return Refusal{Reason::conflict, state.trouble};
    if (state.pending.empty()) return false;
    for (const Migration& migration : schema.migrations) {
        if (migration.name != state.pending.front()) continue;
        tx.exec(migration.sql);
        tx.exec_params(remember_sql, migration.number, migration.name, to_hex(migration.sha256));
    }
    // A crash before this line leaves the database as it was; after it, the migration whole.
    tx.commit();
    done.push_back(state.pending.front());
    return true;
}

void set_grants(pqxx::connection& connection, const Schema& schema) {
    pqxx::work tx(connection);
    begin_as_owner(tx, schema);
    tx.exec(schema.roles);
    tx.commit();
}

}  // namespace

Schema embedded_schema() {
    Schema schema{embedded_bootstrap(), {}, embedded_roles()};
    for (const EmbeddedMigration& row : embedded_migrations()) {
        schema.migrations.push_back(
            {row.number, row.name, row.sql, digest_from_hex(row.sha256).value()});
    }
    return schema;
}

SchemaState schema_state(Tx& tx, const Schema& schema) {
    return compare(applied_migrations(tx.raw()), schema);
}

SchemaState schema_state(const std::string& conninfo, const Schema& schema) {
    Database database({.conninfo = conninfo, .connections = 1});
    return database.transact([&](Tx& tx) { return schema_state(tx, schema); });
}

Result<std::vector<std::string>> apply_schema(const std::string& conninfo, const Schema& schema) {
    try {
        pqxx::connection connection(conninfo);
        std::vector<std::string> done;
        for (bool more = true; more;) {
            HALLMARK_TRY(applied, apply_next(connection, schema, done));
            more = applied;
        }
        set_grants(connection, schema);
        return done;
    } catch (const pqxx::broken_connection& error) {
        throw DatabaseFault(std::string("migrate: ") + error.what());
    } catch (const pqxx::failure& error) {
        throw Fault(std::string("migrate: ") + error.what());
    }
}

}  // namespace hallmark
