// The running house: every object built in order, by name, from one configuration; then the doors
// open. Nothing here decides anything.
#pragma once

#include "ca/attestation/family.h"
#include "ca/audit/history.h"
#include "ca/crypto/chain.h"
#include "ca/custody/custody.h"
#include "ca/custody/hand_overs.h"
#include "ca/custody/imports.h"
#include "ca/custody/ledger.h"
#include "ca/hsm/token.h"
#include "ca/issuance/challenge.h"
#include "ca/issuance/issue.h"
#include "ca/issuance/oracle.h"
#include "ca/issuance/results.h"
#include "ca/lifecycle/bulk_retirement.h"
#include "ca/lifecycle/install.h"
#include "ca/lifecycle/retire.h"
#include "ca/registry/break_glass.h"
#include "ca/registry/proposals.h"
#include "ca/registry/registry.h"
#include "ca/revocation/publisher.h"
#include "server/config/config.h"
#include "server/http/server.h"
#include "server/http/spool.h"
#include "server/jobs/schedule.h"
#include "server/ops/health.h"
#include "server/ops/log.h"
#include "server/ops/metrics.h"
#include "server/ops/timed_signer.h"
#include "server/protocol/publish.h"
#include "server/protocol/rest_audit.h"
#include "server/protocol/rest_factory.h"
#include "server/protocol/rest_office.h"

namespace hallmark {

class House {
public:
    /// Throws Fault: wrong schema, no token, an address taken. `clock` outlives it.
    House(const Config& config, const Clock& clock);
    ~House();
    House(const House&) = delete;
    House& operator=(const House&) = delete;

    void open();
    /// Reads the doors' certificates and the log's level again.
    void reload(const Config& config);
    /// Answers what is in flight, refuses the rest. True where that ended in time.
    bool close();
    [[nodiscard]] std::uint16_t port(std::string_view door) const;

private:
    [[nodiscard]] Observe observe();
    [[nodiscard]] HttpServerOptions http_options();
    [[nodiscard]] std::vector<Route> ops_routes();
    [[nodiscard]] Front front();
    [[nodiscard]] OfficeDoor office_door();
    void heal_token();
    [[nodiscard]] bool all_intermediates_usable() const;
    void measure_at_scrape();
    void tell_budgets();
    void measure_lots();
    void tell_lots_seen();

    const Config config_;
    const Clock& clock_;
    Log log_;
    Metrics metrics_;
    Observe observe_;
    Database database_;
    GroupCommit commits_;
    Token token_;
    TimedSigner signer_;
    Registry registry_;
    CustodyService custody_;
    Spool spool_;  ///< Outlives the doors, whose routes write to it, and the imports that read it.
    HandOverService hand_overs_;
    LedgerService ledger_;
    ChainValidator chains_;
    StatusFile android_status_;
    EvidenceFamily family_;
    IssuingKeys keys_;
    Epoch epoch_;
    ClockWatch clock_watch_;
    Oracle oracle_;
    Results results_;
    RefusalBook refusals_;
    ChallengeService challenges_;
    IssuanceService issuance_;
    InstallationService installation_;
    RetirementService retirement_;
    ProposalService proposals_;
    BreakGlass break_glass_;
    BulkRetirement bulk_retirement_;
    Publisher publisher_;
    BudgetService budgets_;
    QuarantineService quarantines_;
    History history_;
    Imports imports_;
    FactoryDoor factory_;
    OfficeDoor office_;
    AuditDoor audit_;
    PublicDoor public_;
    Health health_;
    Scheduled scheduled_;
    HttpServer http_;
    std::vector<Door*> doors_;
    // Of the job "lots" alone.
    std::map<LotId, LedgerService::Standing> lots_seen_;
    LotId last_lot_seen_;
    Jobs jobs_;
};

/// Serves until SIGTERM or SIGINT; SIGHUP reloads. Exit status. `config_file` is read again on
/// SIGHUP.
int serve(const std::string& config_file, const Clock& clock);

}  // namespace hallmark
