#include "ca/crypto/certificate.h"
#include "station/commands.h"
#include "station/files.h"
#include "station/manifest_writer.h"
#include "station/soft_elements.h"

#include <filesystem>
#include <iostream>
#include <memory>
#include <sstream>

#include <CLI/CLI.hpp>

namespace hallmark {
namespace {

struct Arguments {
    std::string format = "tpm2";
    DeliveryOrder order{.count = 1000};
    std::string signer_certificate;
    std::string signer_key;
    std::filesystem::path out;
};

PublicKey key_of(const SoftIdentity& identity) {
    const auto certificate = parse_certificate(identity.chain.front());
    if (!certificate) throw Fault(certificate.error().detail);
    const auto key = parse_public_key(certificate->spki);
    if (!key) throw Fault(key.error().detail);
    return *key;
}

int run(const Arguments& arguments) {
    try {
        const auto signer = parse_pem(read_file(arguments.signer_certificate), "CERTIFICATE", 1);
        if (!signer || signer->size() != 1)
            throw Fault("not one certificate: " + arguments.signer_certificate);
        const SoftDelivery delivery = deliver(arguments.format, arguments.order);
        std::vector<ExampleElement> elements;
        for (const SoftIdentity& identity : delivery.identities)
            elements.push_back({.unique_id = identity.unique_id,
                                .model = delivery.model,
                                .keys = {key_of(identity)}});
        std::ostringstream lines;
        write_elements(delivery.identities, lines);
        std::filesystem::create_directories(arguments.out);
        replace_file(arguments.out / "elements.jsonl", lines.str());
        replace_file(arguments.out / "root.pem", to_pem(delivery.root, "CERTIFICATE"));
        replace_file(arguments.out / "manifest.json",
                     write_manifest(elements, {.certificate = signer->front(),
                                               .private_key = read_file(arguments.signer_key)}));
        std::cout << elements.size() << " elements in "
                  << (arguments.out / "elements.jsonl").string() << "; pin root.pem for "
                  << arguments.format << ", import manifest.json\n";
        return exit_done;
    } catch (const std::exception& fault) {
        return tell(fault, Output::text);
    }
}

}  // namespace

void add_example_elements(CLI::App& program, Chosen& chosen) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command = program.add_subcommand(
        "example-elements",
        "Makes software elements for a load: their keys, their maker, their manifest");
    command->add_option("--format", arguments->format, "What evidence they give")
        ->capture_default_str()
        ->check(CLI::IsMember(soft_formats()));
    command->add_option("--count", arguments->order.count, "How many")
        ->capture_default_str()
        ->check(CLI::Range(1, 1'000'000));
    command->add_option("--prefix", arguments->order.prefix, "Their names in the manifest begin so")
        ->capture_default_str();
    command
        ->add_option("--first-serial", arguments->order.first_serial,
                     "YubiKeys and ATECC608s are named by their serials, from this one on")
        ->capture_default_str();
    command->add_option("--maker", arguments->order.maker, "The maker's name in its certificates")
        ->capture_default_str();
    command
        ->add_option("--signer-certificate", arguments->signer_certificate,
                     "The manifest signer, PEM")
        ->required()
        ->check(CLI::ExistingFile);
    command->add_option("--signer-key", arguments->signer_key, "Its key, PEM, P-256")
        ->required()
        ->check(CLI::ExistingFile);
    command
        ->add_option("--out", arguments->out, "A folder: elements.jsonl, root.pem, manifest.json")
        ->required();
    command->callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace hallmark
