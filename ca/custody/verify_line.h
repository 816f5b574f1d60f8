// A document's units, verified on all cores and handed on in the document's order: one thread
// reads, as many as there are cores verify, the caller's takes. What waits between them is bounded.
#pragma once

#include "ca/custody/manifest.h"
#include "ca/domain/result.h"

#include <cstddef>
#include <functional>

namespace hallmark {

struct VerifyLine {
    /// Runs on a thread of its own: a parser with everything but its sink. What it answers is the
    /// line's answer.
    std::function<Result<Digest>(const ManifestSink&)> read;
    /// Called here, in order, for each unit that its check let pass. A refusal ends the line and is
    /// its answer.
    std::function<Result<Done>(ManifestUnit)> take;
    std::size_t verifiers = 0;  ///< Threads; 0 for as many as there are cores.
};

/// The refusal that comes first in the document, whoever found it first. All threads are gone when
/// it returns or throws; it throws what any of the three threw.
[[nodiscard]] Result<Digest> run_verify_line(const VerifyLine& line);

}  // namespace hallmark
