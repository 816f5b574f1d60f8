#include "ca/issuance/refuse.h"

#include "ca/audit/event.h"
#include "ca/crypto/hash.h"
#include "db/challenges.h"
#include "db/gate.h"
#include "db/lots.h"
#include "db/principals.h"
#include "db/refusals.h"

namespace hallmark {
namespace {

constexpr std::chrono::minutes window{1};

/// What a station that is what it should be has no cause for. Evidence, custody and policy are not
/// among them: those come with the parts, and parts are no misuse.
bool is_misuse(Reason reason) {
    return reason == Reason::forbidden || reason == Reason::challenge_not_accepted ||
           reason == Reason::request_mismatch || reason == Reason::limited;
}

}  // namespace

Refusal RefusalBook::write(const Refused& refused, Refusal refusal, Instant now) {
    if (auto summary = counted(refused, refusal, now)) {
        refusal.record = std::move(*summary);
        if (!refused.challenge.empty()) {
            database_.transact([&](Tx& tx) {
                Challenges(tx).spend_if_live(refused.challenge, refused.caller.station);
            });
        }
        count_misuse(refused, refusal, now);
        return refusal;
    }
    refusal.record = random_uuid();
    write_one(refused, refusal, now);
    // In commits of their own, after the record: a crash between leaves the count one short, and
    // what waits for the gate holds nothing that the line may wait for.
    count_misuse(refused, refusal, now);
    hold_suspect_lot(refusal, now);
    return refusal;
}

void RefusalBook::count_misuse(const Refused& refused, const Refusal& refusal, Instant now) {
    if (!is_misuse(refusal.reason)) return;
    const StationId& station = refused.caller.station;
    const std::uint64_t misuses =
        database_.transact([&](Tx& tx) { return Refusals(tx).count_misuse(station); });
    if (misuses >= rules_.misuse_per_hour) lock(station, misuses, now);
}

void RefusalBook::lock(const StationId& station, std::uint64_t misuses, Instant now) {
    const bool locked = database_.transact([&](Tx& tx) {
        if (!Principals(tx).set_state(station, "suspended")) return false;
        append_event(tx, {.type = "station.locked",
                          .subject = "station/" + station.get(),
                          .actor = "system",
                          .time = now,
                          .facts = {{"station", station.get()},
                                    {"state", "suspended"},
                                    {"misuses", std::to_string(misuses)}}});
        return true;
    });
    if (locked) observe_.note("station.locked", station.get());
}

void RefusalBook::hold_suspect_lot(const Refusal& refusal, Instant now) {
    if (refusal.reason != Reason::evidence_not_accepted) return;
    const auto suspect = database_.transact(
        [&](Tx& tx) { return Refusals(tx).suspect_lot(refusal.record, rules_.suspect_elements); });
    if (!suspect) return;
    const bool held = database_.transact([&](Tx& tx) {
        close_gate(tx);
        const auto lot = Lots(tx).find_locked(suspect->lot);
        if (!lot || lot->state != "released") return false;
        Lots(tx).set_state(suspect->lot, "held");
        append_event(
            tx, {.type = "lot.held",
                 .subject = "lot/" + suspect->lot.get(),
                 .actor = "system",
                 .time = now,
                 .facts = {{"lot", suspect->lot.get()},
                           {"from", lot->state},
                           {"cause", "evidence failed for " + std::to_string(suspect->elements) +
                                         " of its elements"}}});
        return true;
    });
    if (held) observe_.note("lot.quarantined", suspect->lot.get());
}

std::optional<std::string> RefusalBook::counted(const Refused& refused, const Refusal& refusal,
                                                Instant now) {
    std::optional<Minute> over;
    std::optional<std::string> summary;
    {
        const std::lock_guard lock(mutex_);
        Minute& minute = minutes_[refused.caller.station];
        if (minute.begun + window <= now) {
            if (minute.more != 0) over = minute;
            minute = {.begun = now, .summary = random_uuid(), .door = refused.caller.door};
        }
        if (minute.singly < rules_.singly_per_minute) {
            ++minute.singly;
        } else {
            ++minute.more;
            minute.digest =
                sha256(concat({minute.digest, refused.body, as_bytes(name_of(refusal.reason))}));
            summary = minute.summary;
        }
    }
    if (over) write_summary(refused.caller.station, *over, now);
    return summary;
}

void RefusalBook::write_one(const Refused& refused, const Refusal& refusal, Instant now) {
    const Event event{.type = refused.act + ".refused",
                      .subject = "refusal/" + refusal.record,
                      .actor = "station/" + refused.caller.station.get(),
                      .time = now,
                      .facts = {{"station", refused.caller.station.get()},
                                {"product", refused.product ? refused.product->get() : ""},
                                {"request_id", refused.request_id ? refused.request_id->get() : ""},
                                {"reason", std::string(name_of(refusal.reason))},
                                {"body_sha256", to_hex(refused.body)}}};
    database_.transact([&](Tx& tx) {
        if (!refused.challenge.empty()) {
            Challenges(tx).spend_if_live(refused.challenge, refused.caller.station);
        }
        Refusals(tx).append({.id = refusal.record,
                             .door = refused.caller.door,
                             .act = refused.act,
                             .station = refused.caller.station,
                             .product = refused.product,
                             .request_id = refused.request_id,
                             .reason = refusal.reason,
                             .detail = refusal.detail,
                             .body_sha256 = refused.body,
                             .format = refused.format,
                             .challenge = refused.challenge,
                             .model = refused.proven.model,
                             .firmware = refused.proven.firmware});
        append_event(tx, event);
    });
}

void RefusalBook::write_summary(const StationId& station, const Minute& minute, Instant now) {
    const std::string detail =
        std::to_string(minute.more) + " more refusals from " + to_rfc3339(minute.begun);
    const Event event{.type = "refusals.summary",
                      .subject = "refusal/" + minute.summary,
                      .actor = "station/" + station.get(),
                      .time = now,
                      .facts = {{"station", station.get()},
                                {"count", std::to_string(minute.more)},
                                {"from", to_rfc3339(minute.begun)},
                                {"digest", to_hex(minute.digest)}}};
    database_.transact([&](Tx& tx) {
        Refusals(tx).append({.id = minute.summary,
                             .door = minute.door,
                             .act = "summary",
                             .station = station,
                             .product = std::nullopt,
                             .request_id = std::nullopt,
                             .reason = Reason::limited,
                             .detail = detail,
                             .body_sha256 = minute.digest});
        append_event(tx, event);
    });
}

void RefusalBook::close_minutes(Instant now, Which which) {
    std::vector<std::pair<StationId, Minute>> over;
    {
        const std::lock_guard lock(mutex_);
        for (auto at = minutes_.begin(); at != minutes_.end();) {
            if (which == Which::all || at->second.begun + window <= now) {
                if (at->second.more != 0) over.emplace_back(at->first, at->second);
                at = minutes_.erase(at);
            } else {
                ++at;
            }
        }
    }
    for (const auto& [station, minute] : over)
        write_summary(station, minute, now);
}

}  // namespace hallmark
