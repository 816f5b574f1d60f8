// The subcommands in groups, one function each. A callback only remembers what to run; it runs
// after the whole line was read.
#pragma once

#include "ca/domain/clock.h"

#include <functional>

namespace CLI {
class App;
}

namespace hallmark {

struct CommandContext {
    const Clock& clock;
    std::function<int()> run;  ///< Set by the subcommand that was named.
    bool json = false;
};

/// serve, migrate, setup, reconcile, policy check|test
void add_server_commands(CLI::App& app, CommandContext& context);
/// evidence verify, chain verify
void add_verifier_commands(CLI::App& app, CommandContext& context);
/// ceremony root|intermediate
void add_ceremony_commands(CLI::App& app, CommandContext& context);
/// vendor, policy apply, intermediate, station, retire, audit
void add_office_commands(CLI::App& app, CommandContext& context);
/// manifest, lot, element
void add_custody_commands(CLI::App& app, CommandContext& context);
/// Budgets and quarantine.
void add_budget_commands(CLI::App& app, CommandContext& context);
/// proposal, operator, break-glass, station prove, element unhold
void add_people_commands(CLI::App& app, CommandContext& context);
/// lot hand-over|hand-overs|count|report, station report, line report
void add_ledger_commands(CLI::App& app, CommandContext& context);

}  // namespace hallmark
