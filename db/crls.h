// CRLs: the intent (the bytes to be signed) first, the signed list after. Append-only.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "ca/domain/ids.h"
#include "db/database.h"

#include <optional>
#include <string>
#include <vector>

namespace hallmark {

/// One entry of a CRL: retired, void or burnt, and not expired.
struct EndedRow {
    Serial serial;
    std::string reason;  ///< As the ending says it; crl.cpp maps it to a CRLReason.
    Instant at;
};

struct CrlIntentRow {
    IntermediateId intermediate;
    std::int64_t number = 0;
    Bytes tbs;
    Digest tbs_sha256{};
    Instant this_update;
    Instant next_update;
};

struct CrlRow {
    std::int64_t number = 0;
    Bytes der;
    Instant this_update;
    Instant next_update;
};

class Crls {
public:
    explicit Crls(Tx& tx) : tx_(tx) {}

    /// Takes the lock under which one intermediate's list is made, for this transaction.
    void lock(const IntermediateId& intermediate);
    [[nodiscard]] std::int64_t next_number(const IntermediateId& intermediate);
    [[nodiscard]] std::vector<EndedRow> ended(const IntermediateId& intermediate, Instant now);
    void append_intent(const CrlIntentRow& row);
    void append(const IntermediateId& intermediate, std::int64_t number, ByteView der);
    [[nodiscard]] std::optional<CrlRow> latest(const IntermediateId& intermediate);
    /// True when a credential of this intermediate ended after the latest list was intended.
    [[nodiscard]] bool is_stale(const IntermediateId& intermediate);

private:
    Tx& tx_;
};

}  // namespace hallmark
