#include "ca/issuance/reserve.h"

#include "ca/crypto/hash.h"
#include "db/challenges.h"

namespace hallmark {

struct Reserver {
    static Reservation take(LintedDraft draft) { return Reservation(std::move(draft)); }
};

Result<Reservation> reserve(Database& database, LintedDraft draft, ReserveOrder order) {
    order.row.serial = draft.serial();
    order.row.tbs = draft.tbs();
    order.row.tbs_sha256 = sha256(draft.tbs());
    HALLMARK_TRY(reserved, database.transact([&](Tx& tx) -> Result<Done> {
        if (!Challenges(tx).spend(order.challenge)) {
            return Refusal{Reason::challenge_not_accepted, "challenge: spent or expired meanwhile"};
        }
        return Credentials(tx).reserve(order.row);
    }));
    // The intent is durable from here on. If we crash before the record, reconcile burns the
    // serial, since a signature may exist; it is never used again and stands on the CRL.
    return Reserver::take(std::move(draft));
}

}  // namespace hallmark
