// Proposals and break-glass as they stand. A row is written once and decided once; whether it is
// over in time is the database's clock to say. Refuses to know what a proposal's text means.
#pragma once

#include "ca/domain/bytes.h"
#include "ca/domain/clock.h"
#include "ca/domain/ids.h"
#include "db/database.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hallmark {

struct StoredProposal {
    std::uint64_t number = 0;
    std::string id;    ///< A UUID in lower case.
    std::string kind;  ///< "station.enrol"
    std::string canonical;
    Digest sha256{};
    OperatorId proposer;
    Instant proposed_at;
    Instant expires_at;
    std::string state = "open";
    std::optional<OperatorId> decided_by = std::nullopt;
    std::optional<Instant> decided_at = std::nullopt;
    std::optional<std::string> break_glass = std::nullopt;
    std::string why = {};
};

/// How a proposal ends.
struct Decision {
    std::string state;  ///< applied, rejected, expired, stale
    std::optional<OperatorId> by = std::nullopt;
    std::optional<std::string> break_glass = std::nullopt;
    std::string why = {};
};

struct StoredBreakGlass {
    std::string id;
    OperatorId opened_by;
    std::string reason;
    Instant opened_at;
    Instant until;
    bool has_power = false;  ///< Its time is not over by the database's clock.
};

class Proposals {
public:
    explicit Proposals(Tx& tx) : tx_(tx) {}

    /// One application at a time. Taken first, then the row, then the gate.
    void lock_applications();
    /// The database's clock.
    [[nodiscard]] Instant clock();
    /// Open ones of this operator; counts right only under lock_applications.
    [[nodiscard]] std::size_t count_open(const OperatorId& proposer);
    void insert(const StoredProposal& proposal);

    [[nodiscard]] std::optional<StoredProposal> find(const std::string& id);
    [[nodiscard]] std::optional<StoredProposal> find_locked(const std::string& id);
    /// Those whose time is over and which nobody decided, locked; what others hold is left out.
    [[nodiscard]] std::vector<StoredProposal> overdue();
    /// Numbers below `before` alone (0: all), the newest first, without their text.
    [[nodiscard]] std::vector<StoredProposal> list(const std::optional<std::string>& state,
                                                   std::uint64_t before, std::uint32_t limit);
    void decide(const std::string& id, const Decision& decision);
    /// Rows that this transaction writes bear this proposal from now on.
    void take_in_hand(const std::string& id);
    /// How many acts about this subject are on record: it moves on with every act.
    [[nodiscard]] std::uint64_t acts_about(const std::string& subject);
    /// Refused approvals and rejections of this actor within the last minute.
    [[nodiscard]] std::size_t refused_lately(const std::string& actor);

private:
    Tx& tx_;
};

class BreakGlasses {
public:
    explicit BreakGlasses(Tx& tx) : tx_(tx) {}

    /// The one that two people have not closed yet.
    [[nodiscard]] std::optional<StoredBreakGlass> open_one();
    /// Nullopt where one is open already. `reason`: not empty, at most 1024 octets; at most an
    /// hour.
    [[nodiscard]] std::optional<StoredBreakGlass> open(const OperatorId& by,
                                                       const std::string& reason,
                                                       std::chrono::seconds lasting);
    void close(const std::string& id, const std::string& proposal);

private:
    Tx& tx_;
};

}  // namespace hallmark
