// Group commit: intents and records of concurrent workers commit together, one fsync for all. By
// load and not by timer: whoever waits with nobody on the way is committed at once, and a commit
// begins when as many wait as are still on the way to it. Refuses to guess: a commit whose outcome
// is unknown is settled by asking.
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
        /// The longest that anybody waits for those on the way, who may be held up themselves.
        std::chrono::milliseconds patience{20};
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

    /// One issuance on its way through both commits, from where it seems that it will get there
    /// until it is recorded or gives up. For one thread.
    class Way {
    public:
        explicit Way(GroupCommit& commits);
        ~Way();
        Way(const Way&) = delete;
        Way& operator=(const Way&) = delete;

        /// Block until the entry's commit is durable, or it was refused; see Intents. A row that
        /// breaks a constraint fails alone: its neighbours are committed without it. Throw
        /// DatabaseFault where nothing was written, CommitInDoubt where that could not be told,
        /// ConstraintViolation. In this order, each once.
        [[nodiscard]] Result<Done> reserve(const IntentEntry& entry);
        [[nodiscard]] Result<Done> record(const RecordEntry& entry);

    private:
        enum class To { intents, records, nowhere };
        GroupCommit& commits_;
        To to_ = To::intents;
    };

private:
    // Each kind has a lane of its own: what holds a record up holds up no intent.
    template <typename Entry>
    class Lane;
    std::unique_ptr<Lane<RecordEntry>> records_;
    std::unique_ptr<Lane<IntentEntry>> intents_;  ///< Tells the other whom to expect.
};

}  // namespace hallmark
