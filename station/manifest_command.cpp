#include "ca/crypto/certificate.h"
#include "station/commands.h"
#include "station/files.h"
#include "station/manifest_writer.h"
#include "station/tpm_element.h"

#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

namespace hallmark {
namespace {

struct Arguments {
    std::vector<std::string> tctis;
    std::vector<std::string> unique_ids;
    std::string model = "swtpm";
    std::string signer_certificate;
    std::string signer_key;
    std::string out;
};

ExampleElement element_at(const std::string& tcti, const std::string& unique_id,
                          const std::string& model) {
    ExampleElement element{.unique_id = unique_id, .model = model, .keys = {}};
    for (const Bytes& spki : endorsement_keys(tcti)) {
        auto key = parse_public_key(spki);
        if (!key) throw ElementFault("an EK that no manifest can list: " + key.error().detail);
        element.keys.push_back(*key);
    }
    return element;
}

int run(const Arguments& arguments) {
    try {
        if (arguments.tctis.size() != arguments.unique_ids.size()) {
            std::cerr << "each --tcti needs its --unique-id\n";
            return exit_usage;
        }
        auto certificate = parse_pem(read_file(arguments.signer_certificate), "CERTIFICATE", 1);
        if (!certificate || certificate->size() != 1)
            throw Fault("not one certificate: " + arguments.signer_certificate);
        std::vector<ExampleElement> elements;
        for (std::size_t i = 0; i < arguments.tctis.size(); ++i) {
            elements.push_back(
                element_at(arguments.tctis[i], arguments.unique_ids[i], arguments.model));
        }
        replace_file(arguments.out,
                     write_manifest(elements, {.certificate = certificate->front(),
                                               .private_key = read_file(arguments.signer_key)}));
        std::cout << elements.size() << " elements in " << arguments.out << '\n';
        return exit_done;
    } catch (const std::exception& fault) {
        return tell(fault, Output::text);
    }
}

}  // namespace

void add_example_manifest(CLI::App& program, Chosen& chosen) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command = program.add_subcommand(
        "example-manifest",
        "Writes and signs the manifest that the vendor of these TPMs would send");
    command->add_option("--tcti", arguments->tctis, "A TPM; repeat for more")
        ->required()
        ->allow_extra_args(false);
    command
        ->add_option("--unique-id", arguments->unique_ids,
                     "Its name in the manifest; one for each --tcti")
        ->required()
        ->allow_extra_args(false);
    command->add_option("--model", arguments->model, "The model that the manifest says")
        ->capture_default_str();
    command
        ->add_option("--signer-certificate", arguments->signer_certificate,
                     "The manifest signer, PEM")
        ->required()
        ->check(CLI::ExistingFile);
    command->add_option("--signer-key", arguments->signer_key, "Its key, PEM, P-256")
        ->required()
        ->check(CLI::ExistingFile);
    command->add_option("--out", arguments->out, "Where the manifest goes")->required();
    command->callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace hallmark
