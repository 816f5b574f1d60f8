#include "ca/domain/fault.h"
#include "server/approval.h"
#include "server/command_groups.h"
#include "server/office_words.h"
#include "server/people_commands.h"

#include <iostream>
#include <memory>

namespace hallmark {
namespace {

void add_proposal_words(CLI::App& app, const OfficeWords& words) {
    CLI::App* group = words.group(app, "proposal", "What one proposes and another approves");
    using Filters = std::vector<std::pair<std::string, std::string>>;
    const auto filters =
        std::make_shared<Filters>(Filters{{"state", ""}, {"cursor", ""}, {"limit", ""}});
    CLI::App* list = words.word(*group, "list", "The newest first",
                                [filters] { return list_proposals(*filters); });
    list->add_option("--state", filters->at(0).second, "open, applied, rejected, expired or stale");
    list->add_option("--cursor", filters->at(1).second, "Of the page before");
    list->add_option("--limit", filters->at(2).second, "1 to 200");

    const auto shown = std::make_shared<std::string>();
    words
        .word(*group, "show", "What exactly it would change",
              [shown] { return look_at("/v1/proposals/" + segment(*shown)); })
        ->add_option("id", *shown, "Proposal")
        ->required();

    const auto approval = std::make_shared<ApprovalWords>();
    CLI::App* approve =
        words.deed(*group, "approve", "Shows it, asks for its sha256, and has it applied",
                   [approval](const OfficeAccess& access) {
                       return approve_proposal(access, *approval, std::cin, std::cout, std::cerr);
                   });
    approve->add_option("id", approval->id, "Proposal")->required();
    approve->add_option("--sha256", approval->sha256, "Of its text; asked for where absent");

    struct Rejection {
        std::string id, why;
    };
    const auto rejection = std::make_shared<Rejection>();
    CLI::App* reject = words.word(*group, "reject", "Ends it, also one's own", [rejection] {
        return reject_proposal(rejection->id, rejection->why);
    });
    reject->add_option("id", rejection->id, "Proposal")->required();
    reject->add_option("--why", rejection->why, "For the record");
}

/// operator prove, station prove: made where the key is, without a server.
void add_prove(CLI::App& group, CommandContext& context, const std::string& role) {
    CLI::App* prove = group.add_subcommand("prove", "Proves that a key is in one's hand");
    const auto proof = std::make_shared<Possession>();
    proof->role = role;
    prove->add_option("id", proof->id, "The name that is to be enrolled")->required();
    prove->add_option("--certificate", proof->certificate, "PEM")->required();
    prove->add_option("--key", proof->key, "PEM; stays here")->required();
    prove->add_option("--out", proof->out, "File; else it is printed");
    prove->callback([proof, &context] {
        context.run = [proof] { return prove_possession(*proof, std::cout); };
    });
}

void add_operator_words(CLI::App& app, CommandContext& context, const OfficeWords& words) {
    CLI::App* group = words.group(app, "operator", "The people at the office door");
    add_prove(*group, context, "operator");
    words.word(*group, "list", "All of them", [] { return look_at("/v1/operators"); });
    const auto added = std::make_shared<OperatorAddition>();
    CLI::App* add = words.word(*group, "add", "Proposes to enrol a person",
                               [added] { return add_operator(*added); });
    add->add_option("id", added->id, "Name")->required();
    add->add_option("--certificate", added->certificate, "PEM")->required();
    add->add_option("--proof", added->proof, "What `operator prove` made")->required();
    add->add_option("--role", added->roles,
                    "administrator, line-manager, security-officer, field-operator or auditor")
        ->required();
    add->add_option("--name", added->name, "As people call them");

    const auto rekeyed = std::make_shared<OperatorAddition>();
    CLI::App* rekey = words.word(*group, "rekey", "Proposes another key for a person",
                                 [rekeyed] { return rekey_operator(*rekeyed); });
    rekey->add_option("id", rekeyed->id, "Name")->required();
    rekey->add_option("--certificate", rekeyed->certificate, "PEM")->required();
    rekey->add_option("--proof", rekeyed->proof, "What `operator prove` made")->required();

    const auto changed = std::make_shared<OperatorAddition>();
    CLI::App* roles = words.word(*group, "roles", "Proposes what a person may do",
                                 [changed] { return change_roles(*changed); });
    roles->add_option("id", changed->id, "Name")->required();
    roles->add_option("--role", changed->roles, "All that they are to have")->required();
    words.act(*group, "suspend", "Stops a person at once", "/v1/operators/", "suspend");
    words.act(*group, "resume", "Proposes to let them act again", "/v1/operators/", "resume");
}

void add_break_glass_words(CLI::App& app, const OfficeWords& words) {
    CLI::App* group =
        words.group(app, "break-glass", "Acting without a second person, loudly, for a while");
    struct Opening {
        std::string reason, lasting;
    };
    const auto opening = std::make_shared<Opening>();
    CLI::App* open = words.word(*group, "open", "Lets you approve your own proposals", [opening] {
        return open_break_glass(opening->reason, opening->lasting);
    });
    open->add_option("--reason", opening->reason, "For the record")->required();
    open->add_option("--for", opening->lasting, "At most 1h: 90s, 30m, 1h")->required();
    words.word(*group, "show", "The one that is open", [] { return look_at("/v1/break-glass"); });
    const auto finding = std::make_shared<std::string>();
    words
        .word(*group, "close", "Proposes to close it; another approves",
              [finding] { return close_break_glass(*finding); })
        ->add_option("--finding", *finding, "What was done, and why")
        ->required();
}

void add_revoke(CLI::App& app, const OfficeWords& words) {
    const auto order = std::make_shared<BulkRevocation>();
    CLI::App* revoke = words.word(
        app, "revoke", "Lists active certificates, then proposes to retire exactly these",
        [order] { return revoke_many(*order); });
    revoke->add_option("--station", order->station, "Issued through it");
    revoke->add_option("--lot", order->lot, "Of its elements");
    revoke->add_option("--product", order->product, "Of this product");
    revoke->add_option("--from", order->from, "Recorded then or later (RFC 3339)");
    revoke->add_option("--to", order->to, "Recorded before");
    CLI::Option* preview =
        revoke->add_flag("--preview", order->preview, "Counts, serials and the list's digest");
    revoke->add_option("--reason", order->reason, "As for retire")->excludes(preview);
    revoke->add_option("--list-sha256", order->list_sha256, "Of the preview's list")
        ->excludes(preview);
}

}  // namespace

void add_people_commands(CLI::App& app, CommandContext& context) {
    const OfficeWords words(context);
    add_proposal_words(app, words);
    add_operator_words(app, context, words);
    add_break_glass_words(app, words);
    add_revoke(app, words);
    add_prove(*words.group(app, "station", "Provisioning stations"), context, "station");
}

}  // namespace hallmark
