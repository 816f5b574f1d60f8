#include "ca/issuance/epoch.h"

#include "db/epochs.h"

namespace hallmark {

Epoch::Epoch(Database& database, const std::string& node)
    : database_(database),
      node_(node),
      id_(database.transact([&](Tx& tx) { return Epochs(tx).begin(node); })) {}

bool Epoch::beat() {
    if (ended_) return false;
    alive_ = database_.transact([&](Tx& tx) { return Epochs(tx).beat(id_); });
    if (alive_) return true;
    // That one stays dead and others may settle it. The node lives: without a new one, a database
    // that was away for ten seconds would stop every node for good.
    id_ = database_.transact([&](Tx& tx) { return Epochs(tx).begin(node_); });
    alive_ = true;
    return false;
}

void Epoch::end() {
    ended_ = true;
    alive_ = false;
    database_.transact([&](Tx& tx) { Epochs(tx).end(id_); });
}

void Epoch::give_up(const Serial& serial) {
    const std::lock_guard lock(mutex_);
    given_up_.push_back(serial);
}

std::vector<Serial> Epoch::take_given_up() {
    const std::lock_guard lock(mutex_);
    return std::exchange(given_up_, {});
}

}  // namespace hallmark
