// The factory door: a thin decode and encode pair over challenge, issuance and installation.
#pragma once

#include "ca/issuance/challenge.h"
#include "ca/issuance/issue.h"
#include "ca/lifecycle/install.h"
#include "server/protocol/front.h"

#include <vector>

namespace hallmark {

struct FactoryDoor {
    Front front;
    ChallengeService& challenges;
    IssuanceService& issuance;
    InstallationService& installation;
};

/// The routes; `door` must outlive them.
[[nodiscard]] std::vector<Route> factory_routes(const FactoryDoor& door);

}  // namespace hallmark
