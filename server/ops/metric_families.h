// Every family that this process exposes, declared in one place with its help. For the files of
// this room alone.
#pragma once

#include "server/ops/metrics.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace hallmark {

/// A gauge that the core sets by name, and the label that its second argument is.
struct GaugeFamily {
    prometheus::Family<prometheus::Gauge>* family;
    std::string label;  ///< Empty: none.
};

struct Metrics::Families {
    explicit Families(const Build& build);

    prometheus::Registry registry;
    prometheus::Family<prometheus::Counter>& requests;
    prometheus::Family<prometheus::Histogram>& request_seconds;
    prometheus::Family<prometheus::Counter>& dropped;
    prometheus::Family<prometheus::Counter>& faults;
    prometheus::Family<prometheus::Counter>& refusals;
    prometheus::Family<prometheus::Histogram>& stage_seconds;
    prometheus::Family<prometheus::Counter>& events;
    prometheus::Family<prometheus::Counter>& undeclared;
    prometheus::Histogram& sign_seconds;
    prometheus::Family<prometheus::Counter>& sign_errors;
    prometheus::Counter& hsm_reconnects;
    prometheus::Gauge& hsm_sessions;
    prometheus::Histogram& commit_seconds;
    prometheus::Histogram& commit_batch;
    prometheus::Gauge& commit_queue;
    prometheus::Family<prometheus::Gauge>& budget_used;
    prometheus::Family<prometheus::Gauge>& budget_left;
    struct BudgetGauges {
        prometheus::Gauge* used = nullptr;
        prometheus::Gauge* left = nullptr;
    };
    /// Touched by the loop that tells budgets alone.
    std::map<prometheus::Labels, BudgetGauges> budgets;
    prometheus::Family<prometheus::Gauge>& lot_units;
    std::set<prometheus::Gauge*> lots_told;  ///< Of lot_units; its job's own thread alone.
    std::map<std::string, GaugeFamily, std::less<>>
        gauges;  ///< By the core's name, without prefix.
};

/// Seconds, from a memory read to a client that gives up.
[[nodiscard]] const prometheus::Histogram::BucketBoundaries& second_buckets();

}  // namespace hallmark
