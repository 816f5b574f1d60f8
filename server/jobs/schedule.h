// Which loops there are and how often they run.
#pragma once

#include "ca/custody/budgets.h"
#include "ca/custody/custody.h"
#include "ca/custody/imports.h"
#include "ca/custody/quarantine.h"
#include "ca/issuance/challenge.h"
#include "ca/issuance/clock_watch.h"
#include "ca/issuance/epoch.h"
#include "ca/issuance/issuing_keys.h"
#include "ca/issuance/oracle.h"
#include "ca/issuance/reconcile.h"
#include "ca/issuance/results.h"
#include "ca/lifecycle/install.h"
#include "ca/registry/break_glass.h"
#include "ca/registry/proposals.h"
#include "ca/revocation/publisher.h"
#include "server/jobs/loop.h"
#include "server/jobs/status_file.h"

#include <functional>

namespace hallmark {

struct Scheduled {
    Database& database;
    Registry& registry;
    CustodyService& custody;
    Imports& imports;
    RefusalBook& refusals;
    ChallengeService& challenges;
    InstallationService& installation;
    Oracle& oracle;
    Results& results;
    Epoch& epoch;
    ClockWatch& clock_watch;
    BudgetService& budgets;
    QuarantineService& quarantines;
    IssuingKeys& keys;
    Publisher& publisher;
    StatusFile& android_status;
    ProposalService& proposals;
    BreakGlass& break_glass;
    const Clock& clock;
    Observe observe;
    Instant ready_since;
    std::function<void()> heal_token;    ///< Looks for a lost token and for lost keys; may throw.
    std::function<void()> tell_budgets;  ///< To the metrics; may throw.
    std::function<void()> tell_lots;     ///< Counts the lots that are open; may take seconds.
};

/// Starts all loops; `parts` must outlive them.
void schedule(Jobs& jobs, const Scheduled& parts);

/// Makes every list that is due. Called by its loop and once before the doors open.
void refresh_lists(const Scheduled& parts);

}  // namespace hallmark
