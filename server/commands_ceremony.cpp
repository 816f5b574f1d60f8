#include "ca/domain/fault.h"
#include "server/ceremony.h"
#include "server/command_groups.h"

#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

namespace hallmark {
namespace {

/// What both ceremonies ask for, as text.
struct CeremonyOptions {
    std::string algorithm;
    SubjectName subject;
    CeremonyRecord record;
};

void add_token(CLI::App& command, const std::string& prefix, TokenSource& token,
               std::string& label) {
    command.add_option("--" + prefix + "module", token.module_path, "PKCS#11 library");
    command.add_option("--" + prefix + "token", token.token_label, "Token label");
    command.add_option("--" + prefix + "pin", token.pin_source,
                       "File (mode 0600) or fd:N that holds the PIN");
    command.add_option("--" + prefix + "key", label, "Label of the key in the token");
}

void add_record(CLI::App& command, CeremonyRecord& record) {
    command.add_option("--transcript", record.transcript, "Where the record of every step goes")
        ->required();
    command.add_option("--operator-key", record.operator_key, "PEM key that signs the record")
        ->required();
}

void add_subject(CLI::App& command, CeremonyOptions& options) {
    command
        .add_option("--algorithm", options.algorithm,
                    "ec-p256, ec-p384, rsa-2048, rsa-3072 or rsa-4096")
        ->capture_default_str();
    command.add_option("--common-name", options.subject.common_name, "Subject CN");
    command.add_option("--organization", options.subject.organization, "Subject O");
    command.add_option("--country", options.subject.country, "Subject C");
    add_record(command, options.record);
}

KeyAlgorithm algorithm_of(const std::string& name) {
    const auto algorithm = key_algorithm_from(name);
    if (!algorithm) throw Fault("--algorithm: unknown name " + name);
    return *algorithm;
}

void add_root(CLI::App& ceremony, CommandContext& context) {
    CLI::App* command = ceremony.add_subcommand("root", "Makes a root in its own token");
    const auto root = std::make_shared<RootCeremony>();
    const auto options = std::make_shared<CeremonyOptions>();
    options->algorithm = "ec-p384";
    add_token(*command, "", root->token, root->key_label);
    add_subject(*command, *options);
    command->add_option("--years", root->years, "How long it lives")->capture_default_str();
    command->add_option("--certificate-out", root->certificate_out, "PEM")->required();
    command->callback([root, options, &context] {
        context.run = [root, options, &context] {
            root->algorithm = algorithm_of(options->algorithm);
            root->subject = options->subject;
            root->record = options->record;
            root->now = context.clock.now();
            return ceremony_root(*root, std::cout, std::cerr);
        };
    });
}

void add_intermediate(CLI::App& ceremony, CommandContext& context) {
    CLI::App* command =
        ceremony.add_subcommand("intermediate", "Makes an issuing intermediate, or parts of it");
    const auto made = std::make_shared<IntermediateCeremony>();
    const auto options = std::make_shared<CeremonyOptions>();
    const auto online = std::make_shared<TokenSource>();
    const auto root = std::make_shared<RootSide>();
    options->algorithm = "ec-p256";
    add_token(*command, "", *online, made->key_label);
    add_token(*command, "root-", root->token, root->key_label);
    add_subject(*command, *options);
    command->add_option("--years", made->years, "How long it lives")->capture_default_str();
    command->add_option("--csr-out", made->csr_out, "Writes the request here");
    command->add_option("--csr-in", made->csr_in, "Signs this request with the root");
    command->add_option("--root-certificate", made->root_certificate, "PEM of the root");
    command->add_option("--certificate-in", made->certificate_in,
                        "Takes a certificate made elsewhere");
    command->add_option("--crl-url", made->crl_url, "The root's CRL, put into the certificate");
    command->add_option("--issuer-url", made->issuer_url,
                        "The root's certificate, put into the certificate");
    command->add_option("--certificate-out", made->certificate_out, "PEM");
    command->callback([made, options, online, root, &context] {
        context.run = [made, options, online, root, &context] {
            made->algorithm = algorithm_of(options->algorithm);
            made->subject = options->subject;
            made->record = options->record;
            if (!online->module_path.empty()) made->online = *online;
            if (!root->token.module_path.empty()) made->root = *root;
            made->now = context.clock.now();
            return ceremony_intermediate(*made, std::cout, std::cerr);
        };
    });
}

void add_results_key(CLI::App& ceremony, CommandContext& context) {
    CLI::App* command = ceremony.add_subcommand(
        "results-key", "Makes the key that signs attestation results, and nothing else");
    const auto made = std::make_shared<ResultsKeyCeremony>();
    add_token(*command, "", made->token, made->key_label);
    command->add_option("--public-key-out", made->public_key_out, "PEM, for [results] public_key")
        ->required();
    command->add_option("--key-set-out", made->key_set_out, "JWK Set, for who verifies results");
    add_record(*command, made->record);
    command->callback([made, &context] {
        context.run = [made, &context] {
            made->now = context.clock.now();
            return ceremony_results_key(*made, std::cout, std::cerr);
        };
    });
}

}  // namespace

void add_ceremony_commands(CLI::App& app, CommandContext& context) {
    CLI::App* ceremony =
        app.add_subcommand("ceremony", "Makes keys in the HSM, with a signed record of every step");
    ceremony->require_subcommand(1);
    ceremony->fallthrough();
    add_root(*ceremony, context);
    add_intermediate(*ceremony, context);
    add_results_key(*ceremony, context);
}

}  // namespace hallmark
