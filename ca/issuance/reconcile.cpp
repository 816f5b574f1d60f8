#include "ca/issuance/reconcile.h"

#include "ca/audit/event.h"
#include "db/credentials.h"

namespace hallmark {
namespace {

void burn(Tx& tx, const CredentialRow& row, const std::string& actor, Instant now) {
    if (!Credentials(tx).end(row.serial,
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

Settled settled(const CredentialRow& row) {
    return {.serial = row.serial, .issuance = row.issuance, .device = row.device};
}

}  // namespace

std::vector<Settled> settle_own(Database& database, Epoch& epoch, Instant now) {
    std::vector<Settled> done;
    for (const Serial& serial : epoch.take_given_up()) {
        // Back on the list unless this commit succeeds: the database may be away just now.
        IntentGuard guard(epoch, serial);
        database.transact([&](Tx& tx) {
            const auto row = Credentials(tx).by_serial(serial);
            if (!row || row->state != "reserved") return;
            burn(tx, *row, "system/" + epoch.node(), now);
            done.push_back(settled(*row));
        });
        guard.settled();
    }
    return done;
}

std::vector<Settled> settle_dead(Database& database, std::string_view actor, std::size_t limit, Instant now) {
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
