// What the parts of the house are given, from the configuration. One function a part; none decides
// anything.
#pragma once

#include "ca/hsm/token.h"
#include "ca/issuance/results.h"
#include "db/database.h"
#include "server/config/config.h"
#include "server/http/spool.h"
#include "server/ops/log.h"

#include <optional>

namespace hallmark {

[[nodiscard]] LogOptions log_options(const Config& config);
/// Asks before anything is built on it. Throws Fault on a schema that is not this version's.
[[nodiscard]] DatabaseOptions database_options(const Config& config);
/// Exports the module's environment. Throws Fault where the PIN cannot be read.
[[nodiscard]] TokenOptions token_options(const Config& config);
/// Throws Fault where the key's file is not what results need.
[[nodiscard]] std::optional<ResultsKey> results_key(const Config::Results& config);
[[nodiscard]] SpoolLimits spool_limits(const Config::Imports& config);

}  // namespace hallmark
