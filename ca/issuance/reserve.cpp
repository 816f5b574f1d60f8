#include "ca/issuance/reserve.h"

#include "ca/crypto/hash.h"

namespace hallmark {

struct Reserver {
    static Reservation take(LintedDraft draft) { return Reservation(std::move(draft)); }
};

Result<Reservation> reserve(GroupCommit::Way& way, LintedDraft draft, IntentEntry order) {
    order.row.serial = draft.serial();
    order.row.tbs = draft.tbs();
    order.row.tbs_sha256 = sha256(draft.tbs());
    HALLMARK_TRY(reserved, way.reserve(order));
    // The intent is durable from here on. If we crash before the record, reconcile burns the
    // serial, since a signature may exist; it is never used again and stands on the CRL.
    return Reserver::take(std::move(draft));
}

}  // namespace hallmark
