#include "server/house_options.h"

#include "ca/hsm/pin.h"
#include "db/migrate.h"
#include "server/ceremony_files.h"

#include <cstdlib>

namespace hallmark {

LogOptions log_options(const Config& config) {
    return {.level = log_level_from(config.log.level).value_or(LogLevel::info),
            .file = config.log.file};
}

/// Asks before anything is built on it: a server on a wrong schema must not start.
DatabaseOptions database_options(const Config& config) {
    const SchemaState state = schema_state(config.database.conninfo, embedded_schema());
    if (!state.is_ready) {
        throw Fault("the schema is not this version's (" +
                    (state.trouble.empty() ? "run `hallmark migrate`" : state.trouble) + ")");
    }
    return {.conninfo = config.database.conninfo, .connections = config.database.connections};
}

TokenOptions token_options(const Config& config) {
    for (const auto& [name, value] : config.hsm.environment)
        setenv(name.c_str(), value.c_str(), 1);
    return {.module_path = config.hsm.module,
            .token_label = config.hsm.token,
            .pin = read_pin(config.hsm.pin_file),
            .sessions = config.hsm.sessions};
}

SpoolLimits spool_limits(const Config::Imports& config) {
    return {
        .body_octets = config.max_octets, .octets = config.spool_octets, .bodies = config.queue};
}

/// Which key it is comes from the ceremony's file and not from the token, which could show another.
std::optional<ResultsKey> results_key(const Config::Results& config) {
    if (config.key.empty()) return std::nullopt;
    const auto key = read_public_key_file(config.public_key);
    if (!key) throw Fault("results.public_key: " + key.error().detail);
    if (key->algorithm() != KeyAlgorithm::ec_p256)
        throw Fault("results.public_key: results are signed with ES256, so the key is on P-256");
    return ResultsKey{.uri = config.key, .public_key = *key};
}

}  // namespace hallmark
