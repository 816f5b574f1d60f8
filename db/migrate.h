// The schema's way from one version to the next: numbered, forward-only SQL, each in a transaction
// of its own. Refuses to run at start-up: the server only asks whether the schema is the one it was
// built against.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/result.h"
#include "db/database.h"

#include <string>
#include <vector>

namespace hallmark {

struct Migration {
    int number = 0;
    std::string name;
    std::string sql;
    Digest sha256{};  ///< Of the file's bytes.
};

struct Schema {
    std::string bootstrap;              ///< Roles, schema, list of migrations; idempotent.
    std::vector<Migration> migrations;  ///< Ascending numbers.
    std::string roles;                  ///< Grants; idempotent.
};

/// What this binary was built against.
[[nodiscard]] Schema embedded_schema();

struct SchemaState {
    bool is_ready = false;
    std::vector<std::string> pending;  ///< Names of migrations not applied yet.
    std::string
        trouble;  ///< Why `migrate` would not help: altered, or newer than this binary. Else empty.
};

/// Reads only; needs no more than a login role of the server's group.
[[nodiscard]] SchemaState schema_state(Tx& tx, const Schema& schema);
[[nodiscard]] SchemaState schema_state(const std::string& conninfo, const Schema& schema);

/// Brings the schema up and sets the grants; answers the names of what it applied. Connects as a
/// role that is a member of hallmark_owner (for an empty database: may create in it, and roles
/// where they are missing). Two at once wait for each other. A crash leaves whole migrations, and
/// the next run goes on from there. Reason: conflict, when an applied migration was altered or the
/// database is newer than `schema`.
[[nodiscard]] Result<std::vector<std::string>> apply_schema(const std::string& conninfo,
                                                            const Schema& schema);

}  // namespace hallmark
