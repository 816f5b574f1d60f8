// Group commit: intents and records of concurrent workers commit together, one fsync for all. By
// load and not by timer: whoever waits alone is committed at once, and who comes meanwhile makes
// the next batch. Refuses to guess: a commit whose outcome is unknown is settled by asking.
#pragma once

#include "db/intents.h"

#include <chrono>
#include <functional>
#include <memory>

namespace hallmark {

class GroupCommit {
public:
    struct Options {
        std::string conninfo;
        std::size_t most = 256;  ///< Entries in one transaction; more never committed faster.
        /// For an answer to "did it happen" after a connection was lost in COMMIT.
        std::chrono::milliseconds asking{5000};
    };
    /// One commit, for the metrics.
    struct Told {
        std::chrono::duration<double> took{};
        std::size_t batch = 0;   ///< Entries in it.
        std::size_t behind = 0;  ///< Entries that were left waiting for the next one.
    };
    GroupCommit(Options options, std::function<void(const Told&)> on_commit);
    /// Commits what is waiting. Nobody may hand in anything any more.
    ~GroupCommit();
    GroupCommit(const GroupCommit&) = delete;
    GroupCommit& operator=(const GroupCommit&) = delete;

    /// Block until the entry's commit is durable, or it was refused; see Intents. A row that breaks
    /// a constraint fails alone: its neighbours are committed without it. Throw DatabaseFault where
    /// nothing was written, CommitInDoubt where that could not be told, ConstraintViolation.
    [[nodiscard]] Result<Done> reserve(const IntentEntry& entry);
    [[nodiscard]] Result<Done> record(const RecordEntry& entry);

private:
    // Each kind has a lane of its own: what holds a record up holds up no intent.
    template <typename Entry>
    class Lane;
    std::unique_ptr<Lane<IntentEntry>> intents_;
    std::unique_ptr<Lane<RecordEntry>> records_;
};

}  // namespace hallmark
