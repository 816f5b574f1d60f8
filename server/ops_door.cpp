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

}  // namespace hallmark
