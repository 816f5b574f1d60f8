#include "db/gate.h"

#include "db/columns.h"

namespace hallmark {

// The number is arbitrary and ours. PostgreSQL's lock manager lets nobody past who asks after a
// waiter that he conflicts with (src/backend/storage/lmgr/README); its row locks do.
constexpr const char* pass_sql = R"sql(
    SELECT pg_advisory_xact_lock_shared(4842218)
)sql";
void pass_gate(Tx& tx) {
    run_prepared(tx, pass_sql);
}

constexpr const char* close_sql = R"sql(
    SELECT pg_advisory_xact_lock(4842218)
)sql";
void close_gate(Tx& tx) {
    tx.raw().exec1(close_sql);
}

}  // namespace hallmark
