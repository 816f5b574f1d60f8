#include "server/command_line.h"

#include "server/command_groups.h"
#include "server/version.h"

#include <cstdlib>
#include <iostream>

#include <CLI/CLI.hpp>

namespace hallmark {

int run_command_line(int argc, char** argv, const Clock& clock) {
    CLI::App app("A certificate authority for manufacturing.", "hallmark");
    app.set_version_flag("--version", std::string("hallmark ") + version);
    app.require_subcommand(1);
    app.fallthrough();
    CommandContext context{.clock = clock, .run = nullptr, .json = false};
    app.add_flag("--json", context.json, "Output for machines");
    add_server_commands(app, context);
    add_verifier_commands(app, context);
    add_ceremony_commands(app, context);
    add_office_commands(app, context);
    add_custody_commands(app, context);
    add_budget_commands(app, context);
    add_people_commands(app, context);
    add_ledger_commands(app, context);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // CLI11 prints help and version through the same way; those are no mistakes.
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (!context.run) return 2;
    // The one catch of the command line.
    try {
        return context.run();
    } catch (const std::exception& fault) {
        std::cerr << "hallmark: " << fault.what() << "\n";
        return 1;
    }
}

}  // namespace hallmark
