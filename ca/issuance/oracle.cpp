#include "ca/issuance/oracle.h"

#include "ca/audit/event.h"
#include "ca/crypto/second_opinion.h"

namespace hallmark {

std::optional<std::string> oracle_objection(const Issued& issued, const PublicKey& key,
                                            const std::vector<Bytes>& issuers) {
    const auto read = parse_certificate(issued.certificate);
    if (!read) return "our own reader: " + read.error().detail;
    return objection_of_openssl({.certificate = issued.certificate,
                                 .spki = key.spki(),
                                 .serial = issued.serial.get(),
                                 .issuers = issuers,
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

bool Oracle::accepts(const CredentialRow& credential, const std::string& node, Instant now) {
    if (credential.oracle_accepted) return true;
    std::vector<Bytes> issuers;
    for (const Intermediate& intermediate : registry_.intermediates()) {
        if (intermediate.id != credential.intermediate) continue;
        issuers.push_back(intermediate.certificate);
        issuers.insert(issuers.end(), intermediate.chain.begin(), intermediate.chain.end());
    }
    std::optional<std::string> objection = "our own reader cannot read it";
    if (const auto read = parse_certificate(credential.certificate)) {
        if (const auto key = parse_public_key(read->spki)) {
            objection = oracle_objection(
                {.serial = credential.serial, .certificate = credential.certificate}, *key,
                issuers);
        }
    }
    // Verdict and hold in one commit: what has a verdict is never looked at again by the sweep, so
    // a crash between the two would leave a rejected product running.
    const bool is_accepted = database_.transact([&](Tx& tx) {
        Credentials(tx).append_verdict(credential.serial, !objection,
                                       objection.value_or("no objection"));
        if (objection) {
            hold(tx,
                 {.product = credential.product,
                  .policy = credential.policy,
                  .serial = credential.serial,
                  .objection = *objection,
                  .node = node},
                 now);
        }
        // The first verdict stands: a later look that finds nothing does not lift it.
        const auto row = Credentials(tx).by_serial(credential.serial);
        return row && row->oracle_accepted;
    });
    if (is_accepted) return true;
    observe_.note("oracle.rejected", to_hex(credential.serial.get()) + ": " +
                                         objection.value_or("by the verdict that stands"));
    return false;
}

std::size_t Oracle::sweep(const std::string& node, std::size_t limit, Instant now) {
    const auto serials =
        database_.transact([&](Tx& tx) { return Credentials(tx).without_verdict(limit); });
    for (const Serial& serial : serials) {
        const auto row =
            database_.transact([&](Tx& tx) { return Credentials(tx).by_serial(serial); });
        if (row && !accepts(*row, node, now)) continue;
    }
    return serials.size();
}

}  // namespace hallmark
