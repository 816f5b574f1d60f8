#include "ca/issuance/refuse.h"

#include "ca/audit/event.h"
#include "ca/crypto/hash.h"
#include "db/challenges.h"
#include "db/refusals.h"

namespace hallmark {

Refusal write_refusal(Database& database, const Refused& refused, Refusal refusal, Instant now) {
    const std::string id = random_uuid();
    const Event event{.type = refused.act + ".refused",
                      .subject = "refusal/" + id,
                      .actor = "station/" + refused.caller.station.get(),
                      .time = now,
                      .facts = {{"station", refused.caller.station.get()},
                                {"product", refused.product ? refused.product->get() : ""},
                                {"request_id", refused.request_id ? refused.request_id->get() : ""},
                                {"reason", std::string(name_of(refusal.reason))},
                                {"body_sha256", to_hex(refused.body)}}};
    database.transact([&](Tx& tx) {
        if (!refused.challenge.empty()) {
            Challenges(tx).spend_if_live(refused.challenge, refused.caller.station);
        }
        Refusals(tx).append({.id = id,
                             .door = refused.caller.door,
                             .act = refused.act,
                             .station = refused.caller.station,
                             .product = refused.product,
                             .request_id = refused.request_id,
                             .reason = refusal.reason,
                             .detail = refusal.detail,
                             .body_sha256 = refused.body});
        append_event(tx, event);
    });
    refusal.record = id;
    return refusal;
}

}  // namespace hallmark
