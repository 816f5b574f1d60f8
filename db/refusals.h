// What was refused, to whom and exactly why. Append-only.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/ids.h"
#include "ca/domain/result.h"
#include "db/database.h"

#include <cstdint>
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
    std::string format = {};    ///< Of the evidence that was judged; empty where none was.
    Bytes challenge = {};       ///< Names policy and element; empty where none was presented.
    std::string model = {};     ///< Proven by evidence that held; empty where none did.
    std::string firmware = {};  ///< The same.
};

class Refusals {
public:
    explicit Refusals(Tx& tx) : tx_(tx) {}
    void append(const RefusalRow& row);

    /// Counts one misuse of the station's in the present hour. How many it has now.
    [[nodiscard]] std::uint64_t count_misuse(const StationId& station);

    /// A lot of which so many elements were named by evidence that failed.
    struct Suspect {
        LotId lot;
        std::uint64_t elements = 0;
    };
    /// The lot of the element that this refusal speaks of, where at least `elements` of the lot's
    /// were named by evidence that failed: within a day, and since the lot was last released.
    [[nodiscard]] std::optional<Suspect> suspect_lot(const std::string& refusal,
                                                     std::uint64_t elements);

private:
    Tx& tx_;
};

}  // namespace hallmark
