#include "server/jobs/schedule.h"

#include <map>
#include <string>

namespace hallmark {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t turn_limit = 1000;  // Rows a loop takes in one turn.
constexpr std::size_t oracle_batch = 64;
constexpr std::size_t results_batch = 128;
constexpr int results_batches = 4;

void tell_counts(const Scheduled& parts) {
    const IssuanceCounts counts = parts.challenges.counts();
    parts.observe.measure("issuances_unconfirmed", "", static_cast<double>(counts.unconfirmed));
    parts.observe.measure("oldest_unconfirmed_age", "", counts.oldest_unconfirmed_s);
    parts.observe.measure("intents_unsettled", "", static_cast<double>(counts.unsettled));
    parts.observe.measure("oracle_queue_depth", "", static_cast<double>(counts.without_verdict));
    const auto results = parts.results.waiting();
    parts.observe.measure("results_waiting", "", static_cast<double>(results.count));
    // Where none are made all of them wait, on purpose and for ever.
    if (parts.results.are_made())
        parts.observe.measure("oldest_result_waiting_age", "", results.oldest_s);
}

void tell_lots(const Scheduled& parts) {
    std::map<std::string, double> by_state;
    for (const auto state : {"received", "allotted", "released", "held", "closed"})
        by_state[state] = 0;
    for (const LotRow& lot : parts.custody.lots())
        by_state[lot.state] += 1;
    for (const auto& [state, count] : by_state)
        parts.observe.measure("lots", state, count);
}

void tell_expiries(const Scheduled& parts) {
    const auto at = [](Instant instant) {
        return std::chrono::duration<double>(instant.time_since_epoch()).count();
    };
    for (const Intermediate& intermediate : parts.registry.intermediates()) {
        const auto certificate = parse_certificate(intermediate.certificate);
        if (certificate) {
            parts.observe.measure("intermediate_expiry", intermediate.id.get(),
                                  at(certificate->not_after));
        }
        parts.observe.measure("intermediate_signatures", intermediate.id.get(),
                              static_cast<double>(intermediate.signatures));
        const auto list = parts.publisher.latest(intermediate.id);
        if (!list) continue;
        parts.observe.measure("crl_next_update", intermediate.id.get(), at(list->next_update));
        parts.observe.measure("crl_published", intermediate.id.get(), at(list->this_update));
    }
    for (const StationRow& station : parts.registry.stations()) {
        parts.observe.measure("station_credential_expiry", station.id.get(), at(station.expires));
    }
}

/// Each mark is told once, by the node that comes first.
void tell_budgets(const Scheduled& parts) {
    for (const BudgetUse& use : parts.budgets.warn(parts.clock.now())) {
        parts.observe.note(use.warned == 95 ? "budget.at_95" : "budget.at_80",
                           use.layer + "/" + use.id + " per " + use.per + ": " +
                               std::to_string(use.used) + " of " + std::to_string(use.cap));
    }
    parts.tell_budgets();
    parts.observe.measure("quarantines", "",
                          static_cast<double>(parts.quarantines.standing().size()));
}

void watch_clock(const Scheduled& parts) {
    if (parts.clock_watch.look()) return;
    const auto no = parts.clock_watch.check();
    parts.observe.note("clock.untrusted", no ? "" : no.error().detail);
}

void tell_status_list(const Scheduled& parts) {
    const auto list = parts.android_status.held();
    if (!list) return;
    const std::chrono::duration<double> age = parts.clock.now() - list->as_of();
    parts.observe.measure("status_list_age", "android-key", age.count());
    parts.observe.measure("status_list_entries", "android-key", static_cast<double>(list->size()));
}

void refresh_list(const Scheduled& parts, const Intermediate& intermediate) {
    const Instant now = parts.clock.now();
    const auto key = parts.keys.for_lists(intermediate, now);
    if (!key) {
        parts.observe.note("crl.refused", intermediate.id.get() + ": " + key.error().detail);
        return;
    }
    const CrlIssuer issuer{.id = intermediate.id,
                           .subject = (*key)->certificate.subject,
                           .key_identifier = (*key)->key_identifier,
                           .key = (*key)->key};
    if (parts.publisher.refresh(issuer, now))
        parts.observe.note("crl.published", intermediate.id.get());
}

}  // namespace

void refresh_lists(const Scheduled& parts) {
    std::string failed;
    for (const Intermediate& intermediate : parts.registry.intermediates()) {
        // One that cannot be signed for must not keep the lists behind it from being made.
        try {
            refresh_list(parts, intermediate);
        } catch (const std::exception& fault) {
            failed += intermediate.id.get() + ": " + fault.what() + "; ";
        }
    }
    if (!failed.empty()) throw Fault("lists not made: " + failed);
}

void schedule(Jobs& jobs, const Scheduled& parts) {
    const std::string actor = "system/" + parts.epoch.node();
    jobs.every("epoch beat", seconds(1), [&parts] {
        if (!parts.epoch.beat()) parts.observe.note("epoch.dead", parts.epoch.node());
    });
    jobs.every("clock", seconds(1), [&parts] { watch_clock(parts); });
    jobs.every("token", seconds(1), [&parts] { parts.heal_token(); });
    jobs.every("settle", seconds(1), [&parts, actor] {
        settle_own(parts.database, parts.epoch, parts.clock.now());
        settle_dead(parts.database, actor, turn_limit, parts.clock.now());
    });
    jobs.every("oracle", milliseconds(200), [&parts] {
        // A batch at a time, so that what one transaction holds stays short.
        while (parts.oracle.sweep(parts.epoch.node(), oracle_batch, parts.clock.now()) ==
               oracle_batch) {
        }
    });
    // A few batches a turn: what has waited may wait a little longer, and the token's sessions and
    // the cores belong to the line.
    if (parts.results.are_made()) {
        jobs.every("results", seconds(1), [&parts] {
            for (int i = 0; i < results_batches; ++i) {
                if (parts.results.sweep(results_batch, parts.clock.now()) < results_batch) return;
            }
        });
    }
    // The clock of an unconfirmed issuance runs only while the door was ready. A turn that failed,
    // or came late, says that it was not: nobody could confirm while the database was away.
    jobs.every("void sweep", seconds(5),
               [&parts, since = parts.ready_since, last = parts.ready_since]() mutable {
                   const Instant now = parts.clock.now();
                   if (now - last > seconds(15)) since = now;
                   parts.installation.sweep(since, now);
                   last = now;
               });
    jobs.every("challenge sweep", seconds(10), [&parts] { parts.challenges.sweep(); });
    jobs.every("refusals", seconds(5), [&parts] {
        parts.refusals.close_minutes(parts.clock.now(), RefusalBook::Which::ended);
    });
    jobs.every("lists", seconds(5), [&parts] { refresh_lists(parts); });
    jobs.every("status list", seconds(5), [&parts] {
        parts.android_status.refresh(parts.clock.now());
        tell_status_list(parts);
    });
    jobs.every("budgets", seconds(5), [&parts] { tell_budgets(parts); });
    jobs.every("proposals", seconds(5), [&parts] {
        parts.proposals.expire(parts.clock.now());
        parts.observe.measure("break_glass_open", "", parts.break_glass.open_one() ? 1 : 0);
    });
    jobs.every("imports", seconds(1), [&parts] { parts.imports.run_waiting(); });
    jobs.every("counts", seconds(5), [&parts] { tell_counts(parts); });
    jobs.every("lots", seconds(60), [&parts] { parts.tell_lots(); });
    jobs.every("expiries", seconds(30), [&parts] {
        tell_expiries(parts);
        tell_lots(parts);
    });
}

}  // namespace hallmark
