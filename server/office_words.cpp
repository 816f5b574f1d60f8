#include "server/office_words.h"

#include "ca/domain/fault.h"

#include <cstdlib>
#include <iostream>
#include <memory>

namespace hallmark {
namespace {

/// Command line over file; the file is read when the command runs.
OfficeAccess whole(const OfficeAccess& given, const CommandContext& context) {
    OfficeAccess access = given;
    access.json = context.json;
    const char* home = std::getenv("HOME");
    if (home == nullptr) return access;
    const auto file = load_cli_config(std::filesystem::path(home) / ".config/hallmark/cli.toml");
    if (!file) throw Fault(file.error().detail);
    if (access.at.url.empty()) access.at.url = file->url;
    if (access.at.ca.empty()) access.at.ca = file->ca;
    if (access.at.credential.empty()) access.at.credential = file->credential;
    if (access.at.key.empty()) access.at.key = file->key;
    return access;
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
                            std::function<int(const OfficeAccess&)> deed) const {
    CLI::App* command = parent.add_subcommand(name, what);
    const auto access = std::make_shared<OfficeAccess>();
    command->add_option("--url", access->at.url, "https://host:8445")->group("Office door");
    command->add_option("--ca", access->at.ca, "PEM of the server's CA")->group("Office door");
    command->add_option("--credential", access->at.credential, "PEM of the operator")
        ->group("Office door");
    command->add_option("--key", access->at.key, "PEM of the operator's key")->group("Office door");
    command->callback([access, deed = std::move(deed), &context = context_] {
        context.run = [access, deed, &context] { return deed(whole(*access, context)); };
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
