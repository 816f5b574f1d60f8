#include "server/office_words.h"

#include "ca/domain/fault.h"

#include <cstdlib>
#include <iostream>
#include <memory>

namespace hallmark {
namespace {

/// Command line over file; the file is read when the command runs.
OfficeAccess whole_of(const OfficeAccess& given, const CommandContext& context) {
    OfficeAccess whole = given;
    if (const char* home = std::getenv("HOME"); home != nullptr) {
        const auto file =
            load_cli_config(std::filesystem::path(home) / ".config/hallmark/cli.toml");
        if (!file) throw Fault(file.error().detail);
        if (whole.at.url.empty()) whole.at.url = file->url;
        if (whole.at.ca.empty()) whole.at.ca = file->ca;
        if (whole.at.credential.empty()) whole.at.credential = file->credential;
        if (whole.at.key.empty()) whole.at.key = file->key;
    }
    whole.json = context.json;
    return whole;
}

}  // namespace

CLI::App* OfficeWords::group(CLI::App& app, const char* name, const char* what) const {
    for (CLI::App* known : app.get_subcommands(nullptr)) {
        if (known->check_name(name)) return known;
    }
    CLI::App* made = app.add_subcommand(name, what);
    made->require_subcommand(1);
    made->fallthrough();
    return made;
}

CLI::App* OfficeWords::word(CLI::App& parent, const char* name, const char* what,
                            std::function<OfficeRequest()> request) const {
    return deed(parent, name, what, [request = std::move(request)](const OfficeAccess& access) {
        return ask_office(access, request(), std::cout, std::cerr);
    });
}

CLI::App* OfficeWords::deed(CLI::App& parent, const char* name, const char* what,
                            std::function<int(const OfficeAccess&)> run) const {
    CLI::App* command = parent.add_subcommand(name, what);
    const auto access = std::make_shared<OfficeAccess>();
    command->add_option("--url", access->at.url, "https://host:8445")->group("Office door");
    command->add_option("--ca", access->at.ca, "PEM of the server's CA")->group("Office door");
    command->add_option("--credential", access->at.credential, "PEM of the operator")
        ->group("Office door");
    command->add_option("--key", access->at.key, "PEM of the operator's key")->group("Office door");
    command->callback([access, run = std::move(run), &context = context_] {
        context.run = [access, run, &context] { return run(whole_of(*access, context)); };
    });
    return command;
}

void OfficeWords::act(CLI::App& parent, const char* name, const char* what, const std::string& path,
                      const std::string& verb) const {
    const auto id = std::make_shared<std::string>();
    word(parent, name, what, [id, path, verb] { return act_on(path + segment(*id) + "/" + verb); })
        ->add_option("id", *id, "Which")
        ->required();
}

}  // namespace hallmark
