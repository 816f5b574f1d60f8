// `hallmark manifest import`: sends a document of any size and waits for its import to end, with
// progress on a terminal.
#pragma once

#include "server/office_commands.h"

#include <iosfwd>
#include <string>

namespace hallmark {

struct ManifestImport {
    std::string vendor, lot, format, file;
    std::string signature;  ///< File with a detached signature, DER or PEM, for formats that have
                            ///< one; else empty.
    bool no_wait = false;   ///< The job's id is all that is asked for.
    bool shows_progress = false;  ///< On `err`.
};

/// 0 done, 1 a fault (also an import that was interrupted), 2 what is missing to ask at all, 3
/// refused, with the problem on `err`. Throws Fault for files that cannot be read.
int import_manifest_file(const OfficeAccess& access, const ManifestImport& import,
                         std::ostream& out, std::ostream& err);

}  // namespace hallmark
