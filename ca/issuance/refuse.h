// The side door: a refusal leaves by one commit of its own, which spends the challenge it presented and writes
// exactly one record, and nothing else.
#pragma once

#include <optional>

#include "ca/domain/caller.h"
#include "ca/domain/clock.h"
#include "ca/domain/result.h"
#include "db/database.h"

namespace hallmark {

/// What was asked for when it was refused.
struct Refused {
    const Caller& caller;
    std::string act;  ///< challenge, issuance, installation, void
    std::optional<ProductId> product;
    std::optional<RequestId> request_id;
    Bytes challenge;  ///< Empty where none was presented.
    Digest body{};
};

/// Writes the record and returns the refusal with its id.
[[nodiscard]] Refusal write_refusal(Database& database, const Refused& refused, Refusal refusal, Instant now);

}  // namespace hallmark
