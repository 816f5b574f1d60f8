// A lot's way into its site, as the law asks for it before a release: one receiving entry, really
// signed by a key of the house and really taken.
#pragma once

#include "ca/crypto/hash.h"
#include "ca/custody/hand_overs.h"
#include "db/lots.h"
#include "tests/support/pki.h"

#include <stdexcept>

namespace hallmark::testing {

/// An operator as a hand-over needs one: a certificate and its key.
struct HouseSigner {
    HandOverPoster poster;
    std::string private_key;

    [[nodiscard]] std::string sign(const HandOver& entry) const {
        return write_hand_over(entry, sha256(poster.certificate),
                               FileKey::parse(private_key).value());
    }
};

inline HouseSigner make_house_signer(const std::string& id) {
    const TestKey key = make_ec_key();
    return {{.id = OperatorId(id), .certificate = self_signed(id, key)}, key.private_pem()};
}

/// What comes next by the chain: units and giver as it ends.
inline HandOver next_entry(const LotId& lot, const HandOverEnd& end, HandOverKind kind,
                           const std::string& to, Instant at) {
    HandOver entry;
    entry.lot = lot;
    entry.sequence = end.sequence + 1;
    entry.kind = kind;
    entry.from = end.holder;
    entry.to = to;
    entry.units = end.units;
    entry.at = floor_to_second(at);
    entry.previous = end.previous;
    return entry;
}

/// An allotted lot arrives at its site, unless it did before.
inline void receive_lot(Database& database, Registry& registry, const LotId& lot, Instant now) {
    static const HouseSigner signer = make_house_signer("goods-in");
    const auto row = database.transact([&](Tx& tx) { return Lots(tx).find(lot); });
    if (!row || !row->site) return;
    HandOverService service(database, registry);
    const auto chain = service.of_lot(lot);
    if (!chain) throw std::runtime_error(chain.error().detail);
    if (check_arrived(chain->end, *row->site)) return;
    HandOver entry = next_entry(lot, chain->end, HandOverKind::receiving, "goods-in", now);
    entry.site = row->site;
    const auto taken = service.post(lot, signer.sign(entry), signer.poster, now);
    if (!taken) throw std::runtime_error(taken.error().detail);
}

}  // namespace hallmark::testing
