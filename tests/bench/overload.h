// Three times as much as the house can do, for half a minute: what it still does, what it answers
// to the rest, and what it keeps in memory.
#pragma once

#include "tests/bench/report.h"

namespace hallmark::testing {

/// Server and PostgreSQL on the first core, the generator on the others, in both runs. The limit is
/// the best rate there, less what the refusals' own cost takes of that core.
[[nodiscard]] Finding measure_overload();

}  // namespace hallmark::testing
