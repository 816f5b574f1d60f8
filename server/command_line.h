// The command line: which words there are, what they take, and which function each calls. Decides
// nothing.
#pragma once

#include "ca/domain/clock.h"

#include <functional>
#include <string>

namespace hallmark {

/// Runs the command that `argv` names. Exit status: 0 done, 1 fault, 2 usage, 3 refused.
int run_command_line(int argc, char** argv, const Clock& clock);

}  // namespace hallmark
