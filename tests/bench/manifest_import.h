// A manifest of a million units, from the office door to the commit, beside nothing but its
// signatures.
#pragma once

#include "tests/bench/report.h"

namespace hallmark::testing {

/// Units a second from the answer 202 to the job's end; the limit is what all cores verify of ES256
/// and nothing else, in the same run. HALLMARK_BENCH_UNITS says how many where a million are too
/// many.
[[nodiscard]] Finding measure_manifest_import();

}  // namespace hallmark::testing
