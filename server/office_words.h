// Words of the command line that ask the office door: each takes the operator's credential the same
// way, from the line or from ~/.config/hallmark/cli.toml.
#pragma once

#include "server/command_groups.h"
#include "server/office_commands.h"

#include <functional>
#include <string>

#include <CLI/CLI.hpp>

namespace hallmark {

class OfficeWords {
public:
    explicit OfficeWords(CommandContext& context) : context_(context) {}

    /// The group of that name, made where it is not there yet.
    CLI::App* group(CLI::App& app, const char* name, const char* what) const;
    /// One word that asks once; `request` is made when it runs.
    CLI::App* word(CLI::App& parent, const char* name, const char* what,
                   std::function<OfficeRequest()> request) const;
    /// One word that does what `deed` does; it answers the exit status.
    CLI::App* deed(CLI::App& parent, const char* name, const char* what,
                   std::function<int(const OfficeAccess&)> deed) const;
    /// suspend, resume, release and the like: one name, one POST.
    void act(CLI::App& parent, const char* name, const char* what, const std::string& path,
             const std::string& verb) const;

private:
    CommandContext& context_;
};

}  // namespace hallmark
