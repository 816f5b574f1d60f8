// Where a token's PIN comes from: a file that nobody else may read, or a descriptor that the parent
// process opened. Never the command line or the environment, which every process of the machine's
// user can read.
#pragma once

#include "ca/domain/fault.h"
#include "ca/domain/secret.h"

#include <string>

namespace hallmark {

/// `source` is a path, or "fd:N" for a descriptor that is open in this process (it is read to its
/// end and left open). One trailing newline is cut. Throws Fault, without a byte of the PIN in its
/// text: unreadable, a file that group or others may read or that neither this user nor root owns,
/// empty, or over 256 octets.
[[nodiscard]] Secret read_pin(const std::string& source);

}  // namespace hallmark
