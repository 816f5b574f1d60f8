#include "ca/crypto/certificate.h"
#include "ca/json/json.h"
#include "station/commands.h"
#include "station/files.h"
#include "station/provision.h"
#include "station/soft_elements.h"
#include "station/tpm_element.h"
#include "station/tpm_templates.h"

#include <fstream>
#include <iomanip>
#include <iostream>
#include <memory>
#include <set>
#include <sstream>
#include <thread>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

namespace hallmark {
namespace {

struct Arguments {
    ClientOptions client;
    ProvisionOptions provision;
    TpmOptions tpm;
    std::string element;
    std::string ek_chain_file;
    std::string root_file;
    std::string key_handle = "0x81000100";
    std::string simulated_file;
    bool json = false;
};

/// A real TPM, or the first element of the file.
std::unique_ptr<SecureElement> open_element(Arguments& arguments) {
    if (arguments.simulated_file.empty()) {
        if (arguments.element != "tpm2" && arguments.element != "tcg-csr-idevid")
            throw Fault(arguments.element + " is known as a simulated element alone: --simulated");
        if (arguments.tpm.tcti.empty())
            throw Fault(arguments.element + " needs --tcti or --simulated");
        arguments.tpm.format = arguments.element;
        arguments.tpm.product = arguments.provision.product;
        return open_tpm(std::move(arguments.tpm));
    }
    std::ifstream in(arguments.simulated_file, std::ios::binary);
    std::string first;
    if (!std::getline(in, first)) throw Fault("no element in " + arguments.simulated_file);
    std::istringstream line(first);
    auto element = open_soft_element(read_elements(line, 1).at(0));
    if (element->format() != arguments.element)
        throw Fault("the element of " + arguments.simulated_file + " is " +
                    std::string(element->format()));
    return element;
}

std::set<std::string> names_of_eks() {
    std::set<std::string> names;
    for (const EkKind& kind : ek_kinds())
        names.emplace(kind.name);
    return names;
}

struct Passed {
    std::string step;
    std::chrono::microseconds took{};
};

std::vector<Bytes> certificates_in(const std::string& file) {
    if (file.empty()) return {};
    auto blocks = parse_pem(read_file(file), "CERTIFICATE");
    if (!blocks || blocks->empty()) throw Fault("no PEM certificates in " + file);
    return *blocks;
}

std::string milliseconds(std::chrono::microseconds took) {
    const auto tenths = (took.count() + 50) / 100;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

void print_text(const Provisioned& done, const std::vector<Passed>& steps) {
    for (const Passed& each : steps) {
        std::cout << std::left << std::setw(12) << each.step << std::right << std::setw(10)
                  << milliseconds(each.took) << " ms\n";
    }
    std::cout << "device      " << done.device << "\nserial      " << done.serial
              << "\nissuance    " << done.issuance << "\nelement     " << done.element << '\n';
    if (done.before) std::cout << "an earlier run had finished this device already\n";
}

void print_json(const Provisioned& done, const std::vector<Passed>& steps) {
    boost::json::array passed;
    for (const Passed& each : steps) {
        passed.push_back(
            boost::json::object{{"step", each.step}, {"microseconds", each.took.count()}});
    }
    boost::json::array chain;
    for (const Bytes& each : done.chain)
        chain.emplace_back(to_pem(each, "CERTIFICATE"));
    std::cout << canonical_json(
                     boost::json::object{{"device", done.device},
                                         {"serial", done.serial},
                                         {"issuance", done.issuance},
                                         {"element", done.element},
                                         {"certificate", to_pem(done.certificate, "CERTIFICATE")},
                                         {"chain", std::move(chain)},
                                         {"before", done.before},
                                         {"steps", std::move(passed)}})
              << '\n';
}

int run(Arguments arguments, const Clock& clock) {
    const Output output = arguments.json ? Output::json : Output::text;
    try {
        std::vector<Passed> steps;
        Instant last = clock.now();
        const auto passed = [&](std::string_view step) {
            const Instant now = clock.now();
            steps.push_back({std::string(step), now - last});
            last = now;
        };
        arguments.tpm.ek_issuers = certificates_in(arguments.ek_chain_file);
        arguments.tpm.key_handle =
            static_cast<std::uint32_t>(std::stoul(arguments.key_handle, nullptr, 0));
        arguments.provision.roots = certificates_in(arguments.root_file);
        const auto element = open_element(arguments);
        passed("element");
        const Courier courier(
            over_https(arguments.client),
            [](std::chrono::milliseconds pause) { std::this_thread::sleep_for(pause); }, {});
        const auto done = provision(*element, arguments.provision,
                                    {.courier = courier, .now = clock.now(), .passed = passed});
        if (!done) return tell(done.error(), output);
        if (arguments.json)
            print_json(*done, steps);
        else
            print_text(*done, steps);
        return exit_done;
    } catch (const std::exception& fault) {
        return tell(fault, output);
    }
}

CLI::Validator owner_handle() {
    return CLI::Validator(
        [](std::string& text) -> std::string {
            std::size_t used = 0;
            unsigned long handle = 0;
            try {
                handle = std::stoul(text, &used, 0);
            } catch (const std::exception&) {
                used = 0;
            }
            const bool owned = used == text.size() && handle >= 0x81000000 && handle <= 0x817FFFFF;
            return owned ? "" : "a persistent handle of the owner's, 0x81000000 to 0x817fffff";
        },
        "HANDLE");
}

}  // namespace

void add_provision(CLI::App& program, const Clock& clock, Chosen& chosen) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command = program.add_subcommand("provision", "Provisions one device, end to end");
    command->add_option("--url", arguments->client.url, "The factory door, https://host:port")
        ->required();
    command->add_option("--ca", arguments->client.ca_file, "PEM that the server must chain to")
        ->required()
        ->check(CLI::ExistingFile);
    command
        ->add_option("--credential", arguments->client.credential_file,
                     "This station's certificate, PEM")
        ->required()
        ->check(CLI::ExistingFile);
    command->add_option("--key", arguments->client.key_file, "Its key, PEM")
        ->required()
        ->check(CLI::ExistingFile);
    command->add_option("--product", arguments->provision.product, "What the device becomes")
        ->required();
    command->add_option("--element", arguments->element, "The kind of Secure Element")
        ->required()
        ->check(CLI::IsMember(soft_formats()));
    CLI::Option* const tcti = command->add_option(
        "--tcti", arguments->tpm.tcti, "How to reach the TPM (device:/dev/tpm0, swtpm:path=...)");
    command
        ->add_option("--simulated", arguments->simulated_file,
                     "A software element instead: the first of this file of example-elements; its "
                     "keys are gone afterwards")
        ->excludes(tcti)
        ->check(CLI::ExistingFile);
    command
        ->add_option("--ek", arguments->tpm.ek,
                     "Which EK to show; default: the first that has a certificate")
        ->check(CLI::IsMember(names_of_eks()));
    command
        ->add_option("--ek-chain", arguments->ek_chain_file, "Issuers of the EK certificate, PEM")
        ->check(CLI::ExistingFile);
    command->add_option("--key-handle", arguments->key_handle, "Where the leaf key lives")
        ->capture_default_str()
        ->check(owner_handle());
    command->add_option(
        "--certificate-out", arguments->tpm.certificate_file,
        "Write the certificate here as PEM; default: into the TPM's NV at 0x01800100");
    command
        ->add_option("--root", arguments->root_file,
                     "The certificate must chain to one of these, PEM")
        ->check(CLI::ExistingFile);
    command->add_option("--state", arguments->provision.state_folder,
                        "Remember here, so that a rerun goes on");
    command->add_flag("--replace-key", arguments->provision.replace_key,
                      "Drop a key in the leaf's place that this station knows nothing of");
    command->add_flag("--json", arguments->json, "Output for machines");
    command->callback([arguments, &clock, &chosen] {
        chosen = [arguments, &clock] { return run(*arguments, clock); };
    });
}

}  // namespace hallmark
