#include "server/ops/metrics.h"

#include "server/ops/metric_families.h"

#include <algorithm>
#include <set>

#include <prometheus/text_serializer.h>

namespace hallmark {
namespace {

/// A label's value is for people and stays small; what does not fit is cut, never refused.
constexpr std::size_t label_limit = 64;

/// The exposition format is UTF-8; whatever else comes is replaced, so that one label cannot spoil
/// the page.
std::string label(std::string_view text) {
    std::string out(text.substr(0, label_limit));
    std::replace_if(
        out.begin(), out.end(), [](char c) { return c < 0x20 || c > 0x7e; }, '?');
    return out;
}

}  // namespace

Metrics::Metrics(const Build& build) : families_(std::make_unique<Families>(build)) {}
Metrics::~Metrics() = default;

void Metrics::request(const Request& request) {
    const prometheus::Labels where{{"door", label(request.door)},
                                   {"method", label(request.method)},
                                   {"route", label(request.route)}};
    prometheus::Labels with_status = where;
    with_status.emplace("status", std::to_string(request.status));
    families_->requests.Add(with_status).Increment();
    families_->request_seconds.Add(where, second_buckets()).Observe(request.took.count());
}

void Metrics::dropped_connection(std::string_view door, std::string_view cause) {
    families_->dropped.Add({{"door", label(door)}, {"cause", label(cause)}}).Increment();
}

void Metrics::fault(std::string_view door) {
    families_->faults.Add({{"door", label(door)}}).Increment();
}

void Metrics::refused(Reason reason, std::string_view format) {
    refused(name_of(reason), format);
}

void Metrics::refused(std::string_view reason, std::string_view format) {
    families_->refusals
        .Add({{"reason", label(reason)}, {"format", format.empty() ? "none" : label(format)}})
        .Increment();
}

void Metrics::signature(std::chrono::duration<double> took) {
    families_->sign_seconds.Observe(took.count());
}

void Metrics::signature_failed(HsmError error) {
    families_->sign_errors.Add({{"kind", std::string(name_of(error))}}).Increment();
}

void Metrics::hsm_reconnected() {
    families_->hsm_reconnects.Increment();
}

void Metrics::hsm_sessions_in_use(std::size_t count) {
    families_->hsm_sessions.Set(static_cast<double>(count));
}

void Metrics::commit(std::chrono::duration<double> took, std::size_t batch) {
    families_->commit_seconds.Observe(took.count());
    families_->commit_batch.Observe(static_cast<double>(batch));
}

void Metrics::commit_queue(std::size_t depth) {
    families_->commit_queue.Set(static_cast<double>(depth));
}

void Metrics::budgets(const std::vector<Budget>& budgets) {
    std::map<prometheus::Labels, Families::BudgetGauges> stand;
    for (const Budget& budget : budgets) {
        const prometheus::Labels whose{{"scope", label(budget.scope)},
                                       {"name", label(budget.name)},
                                       {"product", label(budget.product)},
                                       {"per", label(budget.per)}};
        const Families::BudgetGauges gauges{&families_->budget_used.Add(whose),
                                            &families_->budget_left.Add(whose)};
        gauges.used->Set(budget.used);
        gauges.left->Set(budget.left);
        stand.insert_or_assign(whose, gauges);
    }
    for (const auto& [whose, gauges] : families_->budgets) {
        if (stand.contains(whose)) continue;
        families_->budget_used.Remove(gauges.used);
        families_->budget_left.Remove(gauges.left);
    }
    families_->budgets = std::move(stand);
}

void Metrics::lot_units(const std::vector<LotUnits>& units) {
    std::set<prometheus::Gauge*> told;
    for (const LotUnits& row : units) {
        auto& gauge =
            families_->lot_units.Add({{"lot", label(row.lot)}, {"state", label(row.state)}});
        gauge.Set(row.units);
        families_->lots_told.erase(&gauge);
        told.insert(&gauge);
    }
    for (prometheus::Gauge* gauge : families_->lots_told)
        families_->lot_units.Remove(gauge);
    families_->lots_told = std::move(told);
}

Observe Metrics::observe() {
    Observe made;
    Families* families = families_.get();
    made.stage = [families](std::string_view line, std::string_view stage,
                            std::chrono::duration<double> took) {
        families->stage_seconds
            .Add({{"line", label(line)}, {"stage", label(stage)}}, second_buckets())
            .Observe(took.count());
    };
    made.event = [families](std::string_view event, std::string_view) {
        families->events.Add({{"event", label(event)}}).Increment();
    };
    made.gauge = [families](std::string_view name, std::string_view which, double value) {
        const auto found = families->gauges.find(name);
        if (found == families->gauges.end()) {
            families->undeclared.Add({}).Increment();
            return;
        }
        prometheus::Labels labels;
        if (!found->second.label.empty()) labels.emplace(found->second.label, label(which));
        found->second.family->Add(labels).Set(value);
    };
    return made;
}

std::string Metrics::text() const {
    return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

}  // namespace hallmark
