#include "station/commands.h"

#include "ca/json/json.h"

#include <iostream>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

namespace hallmark {

int tell(const Refusal& refusal, Output output) {
    if (output == Output::json) {
        std::cerr << canonical_json(boost::json::object{{"refused", name_of(refusal.reason)},
                                                        {"detail", refusal.detail}})
                  << '\n';
    } else {
        std::cerr << "refused: " << name_of(refusal.reason) << " (" << refusal.detail << ")\n";
    }
    return exit_refused;
}

int tell(const std::exception& fault, Output output) {
    if (output == Output::json) {
        std::cerr << canonical_json(boost::json::object{{"fault", fault.what()}}) << '\n';
    } else {
        std::cerr << "fault: " << fault.what() << '\n';
    }
    return exit_fault;
}

int run_station(int count, char** words, const Clock& clock, const char* version) {
    CLI::App program{
        "Hallmark's provisioning station: one device from power-up to a confirmed certificate",
        "hallmark-station"};
    program.set_version_flag("--version", std::string("hallmark-station ") + version);
    program.require_subcommand(1);
    Chosen chosen;
    add_provision(program, clock, chosen);
    add_example_manifest(program, chosen);
    add_example_elements(program, chosen);
    add_load(program, clock, chosen);
    try {
        program.parse(count, words);
    } catch (const CLI::ParseError& error) {
        return program.exit(error) == 0 ? exit_done : exit_usage;
    }
    return chosen();
}

}  // namespace hallmark
