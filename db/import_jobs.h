// Imports that were asked for, one row each. The trigger behind each statement lets a job go
// forward alone, and an ended one stays as it ended.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "ca/domain/ids.h"
#include "db/database.h"

#include <cstdint>
#include <optional>
#include <string>

namespace hallmark {

struct ImportJobRow {
    std::string id;  ///< UUID
    std::int64_t epoch = 0;
    VendorId vendor;
    LotId lot;
    std::string format;
    std::uint64_t octets = 0;
    std::string asked_by;
    Instant asked_at;
    std::string state = "queued";  ///< queued, running, done, refused, interrupted
    std::uint64_t octets_read = 0;
    std::uint64_t units_verified = 0;
    // Of one that is done.
    std::optional<Digest> manifest = {};
    std::uint64_t units = 0;
    std::uint64_t keys = 0;
    std::string imported_into = {};  ///< The lot, which an earlier import may have chosen.
    bool repeated = false;
    std::string reason = {};  ///< Of one that was refused.
};

class ImportJobs {
public:
    explicit ImportJobs(Tx& tx) : tx_(tx) {}

    void insert(const ImportJobRow& job);
    [[nodiscard]] std::optional<ImportJobRow> find(const std::string& id);

    // False where the job is not where it would have to be: somebody took it for dead.
    [[nodiscard]] bool start(const std::string& id);
    [[nodiscard]] bool tell(const std::string& id, std::uint64_t octets_read,
                            std::uint64_t units_verified);
    [[nodiscard]] bool finish(const std::string& id, const Digest& manifest, bool repeated);
    [[nodiscard]] bool refuse(const std::string& id, std::string_view reason);
    [[nodiscard]] bool interrupt(const std::string& id);

    /// Jobs that nobody runs any more: those of dead epochs, and of this node's earlier ones. How
    /// many.
    std::uint64_t interrupt_lost(const std::string& node, std::int64_t epoch);

private:
    Tx& tx_;
};

}  // namespace hallmark
