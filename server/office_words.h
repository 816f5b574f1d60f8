// The words of the command line that ask the office door: one name, one request.
#pragma once

#include "server/command_groups.h"
#include "server/office_commands.h"

#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace hallmark {

/// One word that asks the office door; its request is made when it runs.
class OfficeWords {
public:
    explicit OfficeWords(CommandContext& context) : context_(context) {}

    /// The group of that name, made where it is not there yet.
    [[nodiscard]] CLI::App* group(CLI::App& app, const char* name, const char* what) const;
    /// With the options of the office door; those of the word itself are the caller's to add.
    CLI::App* word(CLI::App& parent, const char* name, const char* what,
                   std::function<OfficeRequest()> request) const;
    /// suspend, resume, release and the like: one name, one POST.
    void act(CLI::App& parent, const char* name, const char* what, const std::string& path,
             const std::string& verb) const;

private:
    CommandContext& context_;
};

}  // namespace hallmark
