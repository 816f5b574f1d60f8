// What a crash or a fault left between intent and record: burnt and listed, since a signature may
// exist.
#pragma once

#include "ca/domain/clock.h"
#include "ca/issuance/epoch.h"

#include <vector>

namespace hallmark {

struct Settled {
    Serial serial;
    IssuanceId issuance;
    DeviceId device;
};

/// Burns the intents that this node gave up on itself, and those of its epoch that nobody can be
/// working on any more. Called every second.
std::vector<Settled> settle_own(Database& database, Epoch& epoch, Instant now);

/// Burns up to `limit` intents of dead epochs, skipping what another settles at this moment. Never
/// touches what a living epoch holds. Run at start and by `hallmark reconcile`.
std::vector<Settled> settle_dead(Database& database, std::string_view actor, std::size_t limit,
                                 Instant now);

}  // namespace hallmark
