// What the configuration says of evidence formats, as the verifiers take it.
#pragma once

#include "ca/attestation/family.h"
#include "server/config/config.h"
#include "server/jobs/status_file.h"

namespace hallmark {

/// Throws Fault for an object identifier that is none and for a caller of tokens that cannot be
/// read. `status` must outlive what is made.
[[nodiscard]] FormatSettings evidence_settings(const Config::EvidenceRules& rules,
                                               const StatusFile& status);

}  // namespace hallmark
