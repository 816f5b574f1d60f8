// What the house tells at its ops door, and how it looks after the token beside it.
#include "server/serve.h"

#include <algorithm>

namespace hallmark {

std::vector<Route> House::ops_routes() {
    const auto health = [](const HealthAnswer& answer) {
        return HttpAnswer{.status = answer.status, .body = answer.body};
    };
    return {
        {.method = "GET",
         .pattern = "/metrics",
         .handler =
             [this](const HttpRequest&) {
                 measure_at_scrape();
                 return HttpAnswer{.content_type = "text/plain; version=0.0.4; charset=utf-8",
                                   .body = metrics_.text()};
             }},
        {.method = "GET",
         .pattern = "/healthz/live",
         .handler = [this, health](const HttpRequest&) { return health(health_.live()); },
         .seat = Seat::inline_},
        {.method = "GET",
         .pattern = "/healthz/ready",
         .handler = [this, health](const HttpRequest&) { return health(health_.ready()); }},
    };
}

Observe House::observe() {
    Observe observe = metrics_.observe();
    const auto count = observe.event;
    observe.event = [this, count](std::string_view event, std::string_view detail) {
        if (count) count(event, detail);
        log_.info(event, {{"detail", detail}});
    };
    return observe;
}

void House::heal_token() {
    if (token_.heal()) {
        metrics_.hsm_reconnected();
        log_.info("token.healed");
    }
    for (const std::string& key : token_.look_again(clock_.now()))
        log_.info("key.found_again", {{"key", key}});
}

bool House::all_intermediates_usable() const {
    const auto all = keys_.usable();
    return std::all_of(all.begin(), all.end(), [](const auto& one) { return one.second; });
}

void House::measure_at_scrape() {
    metrics_.hsm_sessions_in_use(token_.sessions_in_use());
    observe_.measure("hsm_token_up", "", token_.is_up() ? 1 : 0);
    for (const auto& [intermediate, usable] : keys_.usable())
        observe_.measure("intermediate_unusable", intermediate.get(), usable ? 0 : 1);
    observe_.measure("clock_trusted", "", clock_watch_.check() ? 1 : 0);
    observe_.measure("clock_disagreement", "", clock_watch_.disagreement().count());
    for (const auto& [check, ready] : health_.results())
        observe_.measure("ready", check, ready ? 1 : 0);
}

void House::tell_budgets() {
    std::vector<Metrics::Budget> told;
    for (const BudgetUse& use : budgets_.uses(Budgets::Shares::left_out)) {
        told.push_back({.scope = use.layer,
                        .name = use.id,
                        .product = use.product,
                        .per = use.per,
                        .used = static_cast<double>(use.used),
                        .left = static_cast<double>(left_of(use))});
    }
    metrics_.budgets(told);
}

void House::measure_lots() {
    constexpr std::size_t most_told = 64;  // Each is six series.
    constexpr std::chrono::seconds turn{2};
    const std::vector<LotId> open = ledger_.open_lots(most_told);
    std::erase_if(lots_seen_, [&](const auto& seen) {
        return !std::binary_search(open.begin(), open.end(), seen.first);
    });
    // A lot of a million is some seconds' work for the database: what does not fit into this turn
    // has its own in the next, and is told meanwhile as it was seen last.
    const auto end = std::chrono::steady_clock::now() + turn;
    auto next = std::upper_bound(open.begin(), open.end(), last_lot_seen_);
    for (std::size_t i = 0; i < open.size() && std::chrono::steady_clock::now() < end; ++i) {
        if (next == open.end()) next = open.begin();
        last_lot_seen_ = *next++;
        if (const auto standing = ledger_.standing(last_lot_seen_))
            lots_seen_.insert_or_assign(last_lot_seen_, *standing);
    }
    tell_lots_seen();
}

void House::tell_lots_seen() {
    std::vector<Metrics::LotUnits> units;
    double unbalanced = 0;
    for (const auto& [lot, standing] : lots_seen_) {
        const LedgerTerms& terms = standing.terms;
        for (const auto& [state, count] :
             {std::pair{"unused", terms.unused}, std::pair{"in_process", terms.in_process},
              std::pair{"installed", terms.installed}, std::pair{"scrapped", terms.scrapped},
              std::pair{"returned", terms.returned}, std::pair{"missing", terms.missing}}) {
            units.push_back({lot.get(), state, static_cast<double>(count)});
        }
        unbalanced += standing.balances ? 0 : 1;
    }
    metrics_.lot_units(units);
    observe_.measure("lots_unbalanced", "", unbalanced);
}

}  // namespace hallmark
