#include "server/ceremony.h"
#include "server/command_groups.h"
#include "server/evidence_commands.h"
#include "server/local_commands.h"
#include "server/serve.h"

#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

namespace hallmark {
namespace {

/// `policy` has words here and at the office door.
CLI::App* group(CLI::App& app, const char* name, const char* what) {
    for (CLI::App* known : app.get_subcommands(nullptr)) {
        if (known->check_name(name)) return known;
    }
    CLI::App* made = app.add_subcommand(name, what);
    made->require_subcommand(1);
    made->fallthrough();
    return made;
}

void add_policy_files(CLI::App& app, CommandContext& context) {
    CLI::App* policy = group(app, "policy", "Product policies");
    const auto files = std::make_shared<std::vector<std::string>>();
    CLI::App* check =
        policy->add_subcommand("check", "Finds what could never issue or could issue too much");
    check->add_option("files", *files, "Policy files (TOML)")->required();
    check->callback([files, &context] {
        context.run = [files, &context] {
            return policy_check(*files, context.json, std::cout, std::cerr);
        };
    });
    CLI::App* test = policy->add_subcommand("test", "Runs the examples that stand in the files");
    test->add_option("files", *files, "Policy files (TOML)")->required();
    test->callback([files, &context] {
        context.run = [files, &context] {
            return policy_test(*files, context.json, std::cout, std::cerr);
        };
    });
}

}  // namespace

void add_server_commands(CLI::App& app, CommandContext& context) {
    const auto config = std::make_shared<std::string>();
    const auto with_config = [&, config](const char* name, const char* what) {
        CLI::App* command = app.add_subcommand(name, what);
        command->add_option("--config", *config, "The server's configuration (TOML)")->required();
        return command;
    };
    with_config("serve", "Runs the server; SIGTERM drains and stops, SIGHUP reloads")
        ->callback([config, &context] {
            context.run = [config, &context] { return serve(*config, context.clock); };
        });

    CLI::App* migrate_command = with_config("migrate", "Brings the schema up");
    const auto check = std::make_shared<bool>(false);
    migrate_command->add_flag("--check", *check, "Only tells what is pending");
    migrate_command->callback([config, check, &context] {
        context.run = [config, check] { return migrate(*config, *check, std::cout, std::cerr); };
    });

    CLI::App* setup =
        with_config("setup", "Enrols the first two operators, into an empty registry only");
    const auto operators = std::make_shared<std::vector<std::string>>();
    setup->add_option("--operator", *operators, "ID=PEM, twice")->required()->expected(1);
    setup->get_option("--operator")->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    setup->callback([config, operators, &context] {
        context.run = [config, operators, &context] {
            return set_up(*config, *operators, context.clock.now(), std::cout, std::cerr);
        };
    });

    with_config("reconcile", "Settles intents that a crash left")->callback([config, &context] {
        context.run = [config, &context] {
            return reconcile(*config, context.clock.now(), std::cout, std::cerr);
        };
    });
    add_policy_files(app, context);
}

void add_verifier_commands(CLI::App& app, CommandContext& context) {
    CLI::App* evidence = group(app, "evidence", "The evidence verifiers alone, without a server");
    CLI::App* verify = evidence->add_subcommand("verify", "Judges one piece of evidence");
    const auto e = std::make_shared<EvidenceVerifyArguments>();
    verify->add_option("--format", e->format, "Evidence format, e.g. tpm2")->required();
    verify->add_option("--roots", e->roots, "PEM of the pinned roots")->required();
    verify->add_option("--intermediates", e->intermediates,
                       "PEM of issuers that the evidence may lack");
    verify->add_option("--exception", e->exceptions,
                       "A strict rule this vendor's chains cannot keep");
    verify->add_option("--vendor", e->vendor, "Vendor that the pin stands for");
    verify->add_option("--evidence", e->evidence, "JSON document; not needed for csr-attribute");
    verify->add_option("--nonce", e->nonce, "What the evidence must carry, in hexadecimal");
    verify->add_option("--challenge", e->challenge, "Challenge in base64, with --csr");
    verify->add_option("--csr", e->csr, "DER or PEM, with --challenge or for csr-attribute");
    verify->add_option("--csr-attribute-syntax", e->csr_attribute_syntax,
                       "2026 (default) or 2025, for csr-attribute");
    verify->add_option("--door", e->door, "factory (default) or field");
    verify->add_flag("--any-nonce", e->any_nonce, "Take any nonce; the claims say so");
    verify->add_option("--key", e->key, "SPKI of the key that must be attested");
    verify->add_option("--activation-secret", e->activation_secret, "In hexadecimal");
    verify->add_flag("--any-activation", e->any_activation,
                     "Take any activation; the claims say so");
    verify->add_option("--status", e->status, "A vendor's revocation list (JSON)");
    verify->add_option("--at", e->at, "The time to judge at (RFC 3339)");
    verify->callback([e, &context] {
        context.run = [e, &context] {
            e->json = context.json;
            e->now = context.clock.now();
            return evidence_verify(*e, std::cout, std::cerr);
        };
    });

    CLI::App* chain = group(app, "chain", "The chain validator alone, without a server");
    CLI::App* chain_command = chain->add_subcommand("verify", "Judges one chain");
    const auto c = std::make_shared<ChainVerifyArguments>();
    chain_command->add_option("--roots", c->roots, "PEM of the pinned roots")->required();
    chain_command->add_option("--intermediates", c->intermediates, "PEM");
    chain_command->add_option("--exception", c->exceptions,
                              "A strict rule this vendor's chains cannot keep");
    chain_command->add_option("--leaf", c->leaf, "PEM or DER")->required();
    chain_command->add_option("--purpose", c->purpose, "client, server, tpm-ek, tpm-ak or any");
    chain_command->add_option("--at", c->at, "The time to judge at (RFC 3339)");
    chain_command->callback([c, &context] {
        context.run = [c, &context] {
            c->json = context.json;
            c->now = context.clock.now();
            return chain_verify(*c, std::cout, std::cerr);
        };
    });
}

}  // namespace hallmark
