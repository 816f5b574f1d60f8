// What was refused, to whom and exactly why. Append-only.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/ids.h"
#include "ca/domain/result.h"
#include "db/database.h"

#include <optional>
#include <string>

namespace hallmark {

struct RefusalRow {
    std::string id;  ///< UUID; the answer's `instance`.
    std::string door;
    std::string act;  ///< challenge, issuance, installation, void
    StationId station;
    std::optional<ProductId> product;
    std::optional<RequestId> request_id;
    Reason reason{};
    std::string detail;
    Digest body_sha256{};
    std::string format = {};  ///< Of the evidence that was judged; empty where none was.
    Bytes challenge = {};     ///< Names the policy; empty where none was presented.
};

class Refusals {
public:
    explicit Refusals(Tx& tx) : tx_(tx) {}
    void append(const RefusalRow& row);

private:
    Tx& tx_;
};

}  // namespace hallmark
