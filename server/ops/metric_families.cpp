#include "server/ops/metric_families.h"

#include <array>

namespace hallmark {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;

auto& counter(prometheus::Registry& registry, const char* name, const char* help) {
    return BuildCounter().Name(name).Help(help).Register(registry);
}

auto& gauge(prometheus::Registry& registry, const std::string& name, const char* help) {
    return BuildGauge().Name(name).Help(help).Register(registry);
}

auto& histogram(prometheus::Registry& registry, const char* name, const char* help) {
    return BuildHistogram().Name(name).Help(help).Register(registry);
}

struct Declared {
    const char* name;     ///< As the core says it.
    const char* exposed;  ///< As Prometheus reads it.
    const char* label;
    const char* help;
};

/// What jobs and core measure by name through Observe::gauge.
constexpr std::array declared{
    Declared{"intermediate_expiry", "hallmark_intermediate_expiry_timestamp_seconds",
             "intermediate", "When the intermediate's certificate ends, in Unix time."},
    Declared{"crl_next_update", "hallmark_crl_next_update_timestamp_seconds", "intermediate",
             "The earliest nextUpdate of the intermediate's shards, in Unix time."},
    Declared{"crl_published", "hallmark_crl_published_timestamp_seconds", "intermediate",
             "When the intermediate's shards were last published, in Unix time."},
    Declared{"station_credential_expiry", "hallmark_station_credential_expiry_timestamp_seconds",
             "station", "When the station's certificate ends, in Unix time."},
    Declared{"log_size", "hallmark_log_size_leaves", "log", "Leaves in the log."},
    Declared{"log_checkpoint_age", "hallmark_log_checkpoint_age_seconds", "log",
             "Time since the log's last signed checkpoint."},
    Declared{"issuances_unconfirmed", "hallmark_issuances_unconfirmed", "",
             "Issued certificates whose installation nobody confirmed yet."},
    Declared{"oldest_unconfirmed_age", "hallmark_issuances_unconfirmed_oldest_age_seconds", "",
             "Age of the oldest unconfirmed issuance."},
    Declared{"intents_unsettled", "hallmark_intents_unsettled", "",
             "Intents of dead epochs that reconcile has not settled."},
    Declared{"lots", "hallmark_lots", "state", "Lots by state."},
    Declared{"lots_unbalanced", "hallmark_lots_unbalanced", "",
             "Open lots whose ledger does not balance; hallmark lot report names why."},
    Declared{"void_sweep_stopped", "hallmark_void_sweep_stopped", "",
             "1 where the void sweep stopped because it met more than it may void."},
    Declared{"hsm_sessions_in_use", "hallmark_hsm_sessions_in_use", "",
             "Sessions of the token that sign now."},
    Declared{"hsm_token_up", "hallmark_hsm_token_up", "",
             "0 while the token is lost, and for good once it refused the PIN."},
    Declared{"intermediate_unusable", "hallmark_intermediate_unusable", "intermediate",
             "1 while the token cannot sign with the intermediate's key."},
    Declared{"db_queue_depth", "hallmark_db_commit_queue_depth", "",
             "Work that waits for the next commit."},
    Declared{"oracle_queue_depth", "hallmark_oracle_queue_depth", "",
             "Certificates that the independent check has not seen yet."},
    Declared{"results_waiting", "hallmark_results_waiting", "",
             "Verifications whose attestation result is not made yet; more than 100,000 are not "
             "counted."},
    Declared{"oldest_result_waiting_age", "hallmark_results_waiting_oldest_age_seconds", "",
             "Age of the verification that has waited longest for its attestation result."},
    Declared{"workers_busy", "hallmark_workers_busy", "", "Seats of the crew that are taken."},
    Declared{"open_connections", "hallmark_http_open_connections", "door", "Open connections."},
    Declared{"status_list_age", "hallmark_evidence_status_list_age_seconds", "format",
             "Time since the vendor's status list was fetched."},
    Declared{"status_list_entries", "hallmark_evidence_status_list_entries", "format",
             "Serials that the vendor's status list names."},
    Declared{"clock_trusted", "hallmark_clock_trusted", "",
             "0 while this node's clock or the database's cannot be believed; nothing is issued."},
    Declared{"clock_disagreement", "hallmark_clock_disagreement_seconds", "",
             "How far this node's clock is ahead of the database's."},
    Declared{"quarantines", "hallmark_quarantines", "",
             "Models of elements, or firmwares of them, that get nothing now."},
    Declared{"intermediate_signatures", "hallmark_intermediate_signatures", "intermediate",
             "Signatures that the intermediate's key was asked for, leaves and lists together."},
    Declared{"break_glass_open", "hallmark_break_glass_open", "",
             "1 from the opening of break-glass until two people closed it."},
    Declared{"ready", "hallmark_ready", "check", "1 where the named readiness check passes."},
};

}  // namespace

const prometheus::Histogram::BucketBoundaries& second_buckets() {
    static const prometheus::Histogram::BucketBoundaries bounds{
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
        0.05,   0.1,     0.25,   0.5,   1.0,    2.5,   5.0,  10.0};
    return bounds;
}

Metrics::Families::Families(const Build& build)
    : requests(counter(registry, "hallmark_http_requests_total", "Answered requests.")),
      request_seconds(histogram(registry, "hallmark_http_request_duration_seconds",
                                "From the whole header to the last octet of the answer.")),
      dropped(counter(registry, "hallmark_http_connections_dropped_total",
                      "Connections that ended without an answer, by cause.")),
      faults(counter(registry, "hallmark_faults_total", "Requests that ended as an incident.")),
      refusals(
          counter(registry, "hallmark_refusals_total", "Refusals by reason and evidence format.")),
      stage_seconds(histogram(registry, "hallmark_stage_duration_seconds",
                              "Steps of the lines (issuance and the others), by line and stage.")),
      events(counter(registry, "hallmark_events_total", "Events of the core, by name.")),
      undeclared(
          counter(registry, "hallmark_undeclared_measurements_total",
                  "Measurements whose name is not declared and which are therefore not exposed.")),
      sign_seconds(
          histogram(registry, "hallmark_hsm_sign_duration_seconds", "One signature by the token.")
              .Add({}, second_buckets())),
      sign_errors(counter(registry, "hallmark_hsm_errors_total", "Failed signatures, by kind.")),
      hsm_reconnects(
          counter(registry, "hallmark_hsm_reconnects_total", "Times the token was taken up again.")
              .Add({})),
      hsm_sessions(
          gauge(registry, "hallmark_hsm_sessions_in_use", "Sessions of the token that sign now.")
              .Add({})),
      commit_seconds(
          histogram(registry, "hallmark_db_commit_duration_seconds", "One commit of a batch.")
              .Add({}, second_buckets())),
      commit_batch(
          histogram(registry, "hallmark_db_commit_batch_size", "Pieces of work in one commit.")
              .Add({}, prometheus::Histogram::BucketBoundaries{1, 2, 4, 8, 16, 32, 64, 128, 256})),
      commit_queue(
          gauge(registry, "hallmark_db_commit_queue_depth", "Work that waits for the next commit.")
              .Add({})),
      budget_used(gauge(registry, "hallmark_budget_used",
                        "What was charged to a budget, by scope and name.")),
      budget_left(
          gauge(registry, "hallmark_budget_left", "What is left of a budget, by scope and name.")),
      lot_units(gauge(registry, "hallmark_lot_units",
                      "Units of each lot that is not closed, by where they are.")) {
    for (const Declared& row : declared) {
        // The registry hands out the same family for the same name and help.
        gauges.emplace(row.name, GaugeFamily{&gauge(registry, row.exposed, row.help), row.label});
    }
    for (const HsmError error : {HsmError::passing, HsmError::session_lost, HsmError::token_lost,
                                 HsmError::key_lost, HsmError::permanent}) {
        sign_errors.Add({{"kind", std::string(name_of(error))}});
    }
    gauge(registry, "hallmark_build_info", "1, with what was built.")
        .Add({{"version", build.version}, {"node", build.node}})
        .Set(1);
}

}  // namespace hallmark
