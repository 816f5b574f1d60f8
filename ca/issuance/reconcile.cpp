#include "ca/issuance/reconcile.h"

#include "ca/audit/event.h"
#include "db/credentials.h"

#include <memory>

namespace hallmark {
namespace {

void burn(Tx& tx, const CredentialRow& row, const std::string& actor, Instant now) {
    if (!Credentials(tx).end(
            row.serial,
            {.from = "reserved", .to = "burnt", .reason = "unsettled", .actor = actor})) {
        return;
    }
    append_event(tx, {.type = "credential.burnt",
                      .subject = "credential/" + to_hex(row.serial.get()),
                      .actor = actor,
                      .time = now,
                      .facts = {{"device", row.device.get()},
                                {"serial", to_hex(row.serial.get())},
                                {"element", row.element.get()},
                                {"station", row.station.get()},
                                {"product", row.product.get()},
                                {"policy", to_hex(row.policy)}}});
}

constexpr std::size_t overdue_limit = 100;  // A turn; the next one comes in a second.

Settled settled(const CredentialRow& row) {
    return {.serial = row.serial, .issuance = row.issuance, .device = row.device};
}

}  // namespace

std::vector<Settled> settle_own(Database& database, Epoch& epoch, Instant now) {
    std::vector<Serial> serials = epoch.take_given_up();
    // Each goes back on the list unless its commit succeeds: the database may be away just now.
    std::vector<std::unique_ptr<IntentGuard>> guards;
    for (const Serial& serial : serials)
        guards.push_back(std::make_unique<IntentGuard>(epoch, serial));
    // A commit in doubt may become visible only after it was looked for and not found. Burning is
    // safe whenever it happens: a record that comes later finds nothing reserved, and its signature
    // is thrown away.
    const auto overdue = database.transact(
        [&](Tx& tx) { return Credentials(tx).overdue(epoch.id(), overdue_limit); });
    for (const Serial& serial : overdue) {
        serials.push_back(serial);
        guards.push_back(std::make_unique<IntentGuard>(epoch, serial));
    }
    std::vector<Settled> done;
    for (std::size_t i = 0; i < serials.size(); ++i) {
        database.transact([&](Tx& tx) {
            const auto row = Credentials(tx).by_serial(serials[i]);
            if (!row || row->state != "reserved") return;
            burn(tx, *row, "system/" + epoch.node(), now);
            done.push_back(settled(*row));
        });
        guards[i]->settled();
    }
    return done;
}

std::vector<Settled> settle_dead(Database& database, std::string_view actor, std::size_t limit,
                                 Instant now) {
    return database.transact([&](Tx& tx) {
        std::vector<Settled> done;
        for (const CredentialRow& row : Credentials(tx).abandoned(limit)) {
            burn(tx, row, std::string(actor), now);
            done.push_back(settled(row));
        }
        return done;
    });
}

}  // namespace hallmark
