#include "ca/issuance/oracle.h"

#include "ca/audit/event.h"

namespace hallmark {

std::optional<std::string> oracle_objection(const Issued& issued, ByteView spki,
                                            const OpensslIssuers& issuers) {
    const auto read = parse_certificate(issued.certificate);
    if (!read) return "our own reader: " + read.error().detail;
    return issuers.objection({.certificate = issued.certificate,
                              .spki = spki,
                              .serial = issued.serial.get(),
                              .at = read->not_before});
}

namespace {

void hold(Tx& tx, const Rejection& rejection, Instant now) {
    const std::string actor = "system/" + rejection.node;
    Credentials(tx).hold_product({.product = rejection.product,
                                  .policy = rejection.policy,
                                  .cause = rejection.objection,
                                  .actor = actor});
    append_event(tx, {.type = "product.held",
                      .subject = "product/" + rejection.product.get(),
                      .actor = actor,
                      .time = now,
                      .facts = {{"product", rejection.product.get()},
                                {"policy", to_hex(rejection.policy)},
                                {"serial", to_hex(rejection.serial.get())},
                                {"cause", rejection.objection}}});
}

}  // namespace

void hold_product(Database& database, const Rejection& rejection, Instant now) {
    database.transact([&](Tx& tx) { hold(tx, rejection, now); });
}

namespace {

/// The issuers of each intermediate's certificates, itself first.
std::map<IntermediateId, OpensslIssuers> issuers_of(
    const std::vector<Intermediate>& intermediates) {
    std::map<IntermediateId, OpensslIssuers> issuers;
    for (const Intermediate& intermediate : intermediates) {
        std::vector<Bytes> chain{intermediate.certificate};
        chain.insert(chain.end(), intermediate.chain.begin(), intermediate.chain.end());
        issuers.try_emplace(intermediate.id, chain);
    }
    return issuers;
}

std::optional<std::string> objection_to(const CredentialRow& credential,
                                        const OpensslIssuers& issuers) {
    const auto read = parse_certificate(credential.certificate);
    if (!read) return "our own reader cannot read it";
    return oracle_objection({.serial = credential.serial, .certificate = credential.certificate},
                            read->spki, issuers);
}

}  // namespace

// Verdict and hold in one commit: what has a verdict is never looked at again by the sweep, so a
// crash between the two would leave a rejected product running.
void Oracle::judge(Tx& tx, const std::vector<CredentialRow>& credentials, const Issuers& issuers,
                   const std::string& node, Instant now) {
    const OpensslIssuers nobody({});
    std::vector<Credentials::Verdict> verdicts;
    for (const CredentialRow& credential : credentials) {
        const auto chain = issuers.find(credential.intermediate);
        const auto objection =
            objection_to(credential, chain == issuers.end() ? nobody : chain->second);
        verdicts.push_back({.serial = credential.serial,
                            .accepted = !objection,
                            .detail = objection.value_or("no objection")});
        if (!objection) continue;
        hold(tx,
             {.product = credential.product,
              .policy = credential.policy,
              .serial = credential.serial,
              .objection = *objection,
              .node = node},
             now);
        observe_.note("oracle.rejected", to_hex(credential.serial.get()) + ": " + *objection);
    }
    Credentials(tx).append_verdicts(verdicts);
}

bool Oracle::accepts(const CredentialRow& credential, const std::string& node, Instant now) {
    if (credential.oracle_accepted) return true;
    // Before the transaction: who waits for a second connection while holding one may wait for
    // ever.
    const Issuers issuers = issuers_of(registry_.intermediates());
    return database_.transact([&](Tx& tx) {
        judge(tx, {credential}, issuers, node, now);
        // The first verdict stands: a later look that finds nothing does not lift it.
        const auto row = Credentials(tx).by_serial(credential.serial);
        return row && row->oracle_accepted;
    });
}

std::size_t Oracle::sweep(const std::string& node, std::size_t limit, Instant now) {
    // Most turns find nothing, and then the intermediates are not read either.
    if (!database_.transact([](Tx& tx) { return Credentials(tx).lack_verdicts(); })) return 0;
    const Issuers issuers = issuers_of(registry_.intermediates());
    return database_.transact([&](Tx& tx) {
        const auto due = Credentials(tx).without_verdict(limit);
        if (!due.empty()) judge(tx, due, issuers, node, now);
        return due.size();
    });
}

}  // namespace hallmark
