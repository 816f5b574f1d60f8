#include "server/serve.h"

#include "server/evidence_settings.h"
#include "server/house_doors.h"
#include "server/house_options.h"
#include "server/proposal_kinds.h"
#include "server/protocol/rest_proposals.h"
#include "server/version.h"

#include <csignal>

namespace hallmark {

House::House(const Config& config, const Clock& clock)
    : config_(config),
      clock_(clock),
      log_(log_options(config), clock),
      metrics_({.version = version, .node = config.node}),
      observe_(observe()),
      database_(database_options(config)),
      commits_({.conninfo = config.database.conninfo},
               [this](const GroupCommit::Told& told) {
                   metrics_.commit(told.took, told.batch);
                   metrics_.commit_queue(told.behind);
               }),
      token_(token_options(config)),
      signer_(token_, metrics_),
      registry_(database_),
      custody_(database_, registry_),
      spool_(config.imports.spool, spool_limits(config.imports)),
      hand_overs_(database_, registry_),
      ledger_(database_),
      android_status_(config.evidence.android_status_list, config.evidence.android_status_max_age),
      family_(make_family(chains_, evidence_settings(config.evidence, android_status_))),
      keys_(registry_, token_),
      epoch_(database_, config.node),
      clock_watch_(database_, clock, {.disagreement = config.limits.clock_disagreement}),
      oracle_(database_, registry_, observe_),
      results_({.database = database_,
                .token = token_,
                .signer = signer_,
                .epoch = epoch_,
                .observe = observe_,
                .verifier = {.developer = "Hallmark", .build = std::string("hallmark ") + version},
                .key = results_key(config.results)}),
      refusals_(database_,
                {.singly_per_minute = config.limits.refusals_per_minute,
                 .misuse_per_hour = config.limits.misuse_per_hour,
                 .suspect_elements = config.limits.suspect_elements},
                observe_),
      challenges_(
          {.database = database_,
           .refusals = refusals_,
           .registry = registry_,
           .family = family_,
           .rules = {.lifetime = config.challenge.lifetime,
                     .outstanding = static_cast<std::uint32_t>(config.challenge.per_station)}}),
      issuance_({.database = database_,
                 .commits = commits_,
                 .refusals = refusals_,
                 .registry = registry_,
                 .custody = custody_,
                 .family = family_,
                 .keys = keys_,
                 .signer = signer_,
                 .epoch = epoch_,
                 .clock = clock_watch_,
                 .observe = observe_}),
      installation_({.database = database_,
                     .refusals = refusals_,
                     .oracle = oracle_,
                     .node = config.node,
                     .observe = observe_,
                     .sweep_limit = config.installation.sweep_limit}),
      retirement_(database_),
      proposals_(database_, proposal_kinds(registry_, custody_),
                 {.lifetime = config.proposals.lifetime,
                  .open_per_operator = config.proposals.open_per_operator,
                  .refusals_per_minute = config.limits.refusals_per_minute}),
      break_glass_(database_),
      bulk_retirement_(database_),
      publisher_(database_, signer_,
                 {.validity = config.crl.validity, .renew_after = config.crl.interval}),
      budgets_(database_),
      quarantines_(database_),
      history_(database_),
      imports_({.database = database_,
                .custody = custody_,
                .epoch = [this] { return epoch_.id(); },
                .node = config.node,
                .most_waiting = config.imports.queue,
                .on_refusal = front().on_refusal,
                .on_submitted = [this] { jobs_.wake(); }}),
      factory_{.front = front(),
               .challenges = challenges_,
               .issuance = issuance_,
               .installation = installation_},
      office_(office_door()),
      audit_{
          .front = front(), .history = history_, .results = results_, .break_glass = break_glass_},
      public_{.front = front(), .publisher = publisher_, .results = results_},
      health_({{.name = "database", .is_ready = [this] { return database_.is_reachable(); }},
               {.name = "epoch", .is_ready = [this] { return epoch_.is_alive(); }},
               {.name = "clock", .is_ready = [this] { return clock_watch_.check().has_value(); }},
               {.name = "token", .is_ready = [this] { return token_.is_up(); }},
               {.name = "intermediates",
                .is_ready = [this] { return all_intermediates_usable(); },
                .concerns = Concerns::part},
               {.name = "status_list",
                .is_ready = [this] { return android_status_.is_well(clock_.now()); },
                .concerns = Concerns::part},
               {.name = "break_glass",
                .is_ready = [this] { return !break_glass_.open_one(); },
                .concerns = Concerns::part}}),
      scheduled_{.database = database_,
                 .registry = registry_,
                 .custody = custody_,
                 .imports = imports_,
                 .refusals = refusals_,
                 .challenges = challenges_,
                 .installation = installation_,
                 .oracle = oracle_,
                 .results = results_,
                 .epoch = epoch_,
                 .clock_watch = clock_watch_,
                 .budgets = budgets_,
                 .quarantines = quarantines_,
                 .keys = keys_,
                 .publisher = publisher_,
                 .android_status = android_status_,
                 .proposals = proposals_,
                 .break_glass = break_glass_,
                 .clock = clock_,
                 .observe = observe_,
                 .ready_since = clock_.now(),
                 .heal_token = [this] { heal_token(); },
                 .tell_budgets = [this] { tell_budgets(); },
                 .tell_lots = [this] { measure_lots(); }},
      http_(http_options()),
      jobs_([this](std::string_view job, std::string_view what) {
          log_.error("job.failed", {{"job", job}, {"what", what}});
      }) {
    doors_ = {&http_.open(door_options("factory", config.factory, factory_routes(factory_))),
              &http_.open(door_options(
                  "office", config.office,
                  joined({registry_routes(office_), custody_routes(office_), import_routes(office_),
                          ledger_routes(office_), ending_routes(office_), budget_routes(office_),
                          proposal_routes(office_), operator_routes(office_),
                          revocation_routes(office_), audit_routes(audit_)}))),
              &http_.open(door_options("public", config.publishing, public_routes(public_))),
              &http_.open(door_options("ops", config.ops, ops_routes()))};
}

House::~House() = default;

Front House::front() {
    return {.registry = registry_,
            .clock = clock_,
            .on_refusal = [this](const Refusal& refusal, std::string_view format,
                                 std::string_view request) {
                metrics_.refused(refusal.reason, format);
                log_.info("request.refused", {{"request_id", request},
                                              {"reason", name_of(refusal.reason)},
                                              {"detail", refusal.detail},
                                              {"record", refusal.record}});
            }};
}

HttpServerOptions House::http_options() {
    HttpServerOptions options{.threads = config_.workers.threads,
                              .seats = config_.workers.seats,
                              .share = config_.workers.per_caller};
    options.hooks.clock = &clock_;
    options.hooks.on_fault = [this](std::string_view request, std::string_view what) {
        log_.error("request.failed", {{"request_id", request}, {"what", what}});
        metrics_.fault("any");
    };
    options.hooks.on_request = [this](const RequestNote& note) {
        metrics_.request({.door = note.door,
                          .method = note.method,
                          .route = note.route,
                          .status = note.status,
                          .took = std::chrono::duration<double>(note.seconds)});
        log_.write(LogLevel::debug, "request.answered",
                   {{"request_id", note.request_id},
                    {"door", note.door},
                    {"route", note.route},
                    {"status", std::to_string(note.status)}});
    };
    options.hooks.on_drop = [this](std::string_view door, std::string_view cause) {
        metrics_.dropped_connection(door, cause);
    };
    return options;
}

void House::open() {
    // Before the doors open: nothing is issued by a clock that nobody compared.
    clock_watch_.look();
    schedule(jobs_, scheduled_);
    http_.start();
    for (const Door* door : doors_) {
        log_.info("door.open", {{"door", door->name()}, {"port", std::to_string(door->port())}});
    }
    if (results_.are_made())
        log_.info("results.on", {{"key", config_.results.key}});
    else
        log_.warning("results.off", {{"why", "no [results] key is configured"}});
    log_.info("server.started", {{"version", version}, {"node", config_.node}});
}

void House::reload(const Config& config) {
    log_.set_level(log_level_from(config.log.level).value_or(LogLevel::info));
    log_.reopen();
    for (Door* door : doors_)
        door->reload_tls();
    log_.info("server.reloaded");
}

bool House::close() {
    log_.info("server.draining");
    const bool in_time = http_.drain(config_.limits.drain);
    imports_.stop();
    jobs_.stop();
    // Nothing is in flight any more: what is left reserved may be settled by others at once.
    settle_own(database_, epoch_, clock_.now());
    refusals_.close_minutes(clock_.now(), RefusalBook::Which::all);
    proposals_.summarize(clock_.now(), clock_.now());
    epoch_.end();
    log_.info("server.stopped", {{"in_time", in_time ? "true" : "false"}});
    return in_time;
}

std::uint16_t House::port(std::string_view door) const {
    for (const Door* open : doors_) {
        if (open->name() == door) return open->port();
    }
    return 0;
}

int serve(const std::string& config_file, const Clock& clock) {
    auto config = load_config(config_file);
    if (!config) throw Fault(config.error().detail);
    // Every thread is born with these blocked, so that they arrive here alone.
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP})
        sigaddset(&signals, signal);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    House house(*config, clock);
    house.open();
    for (;;) {
        int signal = 0;
        if (sigwait(&signals, &signal) != 0) continue;
        if (signal != SIGHUP) break;
        // A configuration that cannot be read keeps the one in force.
        if (const auto changed = load_config(config_file)) house.reload(*changed);
    }
    return house.close() ? 0 : 1;
}

}  // namespace hallmark
