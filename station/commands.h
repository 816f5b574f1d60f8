// The program's subcommands, one file each: options in, one function to run out. Exit status: 0
// done, 1 fault, 2 usage, 3 refused.
#pragma once

#include "ca/domain/clock.h"
#include "ca/domain/result.h"

#include <functional>
#include <stdexcept>

namespace CLI {
class App;
}

namespace hallmark {

inline constexpr int exit_done = 0, exit_fault = 1, exit_usage = 2, exit_refused = 3;

/// What the command line chose; set while it is parsed.
using Chosen = std::function<int()>;

/// `clock` must outlive what is chosen.
void add_provision(CLI::App& program, const Clock& clock, Chosen& chosen);
void add_example_manifest(CLI::App& program, Chosen& chosen);
void add_example_elements(CLI::App& program, Chosen& chosen);
void add_load(CLI::App& program, const Clock& clock, Chosen& chosen);

/// Says on stderr why the work was refused or failed, as JSON where machines read; gives the exit
/// status.
enum class Output { text, json };
int tell(const Refusal& refusal, Output output);
int tell(const std::exception& fault, Output output);

/// Runs the program; `version` is what --version says.
int run_station(int count, char** words, const Clock& clock, const char* version);

}  // namespace hallmark
