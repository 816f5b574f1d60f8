#include "db/group_commit.h"

#include "db/columns.h"
#include "db/gate.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <semaphore>
#include <thread>

#include <sys/resource.h>

namespace hallmark {
namespace {

using Clockwork = std::chrono::steady_clock;

constexpr std::chrono::milliseconds asking_again{20};
constexpr int lane_niceness = 10;

std::vector<Result<Done>> write(Tx& tx, std::span<const IntentEntry* const> entries,
                                Fitting fitting) {
    return Intents(tx).reserve(entries, fitting);
}
/// Records draw on no limit.
std::vector<Result<Done>> write(Tx& tx, std::span<const RecordEntry* const> entries, Fitting) {
    return Intents(tx).record(entries);
}
std::vector<Serial> standing(Tx& tx, std::span<const IntentEntry* const> entries) {
    return Intents(tx).reserved(entries);
}
std::vector<Serial> standing(Tx& tx, std::span<const RecordEntry* const> entries) {
    return Intents(tx).recorded(entries);
}

}  // namespace

template <typename Entry>
class GroupCommit::Lane {
public:
    /// `on_accepted` hears how many of a batch were accepted before any of them does.
    Lane(const Options& options, std::function<void(const Told&)> on_commit,
         std::function<void(std::size_t)> on_accepted)
        : options_(options),
          on_commit_(std::move(on_commit)),
          on_accepted_(std::move(on_accepted)),
          // One to commit with, and one to ask with while the other may still be dying.
          database_({.conninfo = options.conninfo, .connections = 2, .by_index = true}),
          thread_([this] { serve(); }) {}
    ~Lane() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        wake_.notify_all();
        thread_.join();
    }
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    /// So many are on the way here.
    void expect(std::size_t count) {
        const std::lock_guard lock(mutex_);
        coming_ += count;
    }
    /// One of them will not come.
    void give_up() {
        {
            const std::lock_guard lock(mutex_);
            --coming_;
            if (!is_due()) return;
        }
        wake_.notify_one();
    }

    /// For one who was expected.
    [[nodiscard]] Result<Done> commit_with_others(const Entry& entry) {
        const auto waiter = std::make_shared<Waiter>(entry);
        bool wakes = false;
        {
            const std::lock_guard lock(mutex_);
            waiting_.push_back(waiter);
            --coming_;
            wakes = waiting_.size() == 1 || is_due();
        }
        if (wakes) wake_.notify_one();
        waiter->done.acquire();
        if (waiter->fault) std::rethrow_exception(waiter->fault);
        return std::move(*waiter->answer);
    }

private:
    /// One worker's wait.
    struct Waiter {
        explicit Waiter(const Entry& whose) : entry(&whose) {}
        const Entry* entry;
        Clockwork::time_point since = Clockwork::now();
        std::optional<Result<Done>> answer;
        std::exception_ptr fault;
        std::binary_semaphore done{0};
    };
    using Batch = std::vector<std::shared_ptr<Waiter>>;

    void serve() {
        // Behind the workers: a lane has its turn when they have handed in what they have, so that
        // a busy house commits more at once and an idle one commits at once. Linux counts niceness
        // by thread (setpriority(2), "C library/kernel differences"); where it may not, nothing is
        // lost.
        (void)setpriority(PRIO_PROCESS, 0, lane_niceness);
        std::unique_lock lock(mutex_);
        while (true) {
            wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
            if (waiting_.empty()) return;
            wake_.wait_until(lock, waiting_.front()->since + options_.patience,
                             [this] { return stopping_ || is_due(); });
            const auto end = waiting_.begin() +
                             static_cast<std::ptrdiff_t>(std::min(waiting_.size(), options_.most));
            const Batch batch(waiting_.begin(), end);
            waiting_.erase(waiting_.begin(), end);
            const std::size_t behind = waiting_.size();
            lock.unlock();
            const auto began = Clockwork::now();
            commit(batch);
            if (on_commit_)
                on_commit_(
                    {.took = Clockwork::now() - began, .batch = batch.size(), .behind = behind});
            if (on_accepted_) on_accepted_(accepted_of(batch));
            for (const auto& waiter : batch)
                waiter->done.release();
            lock.lock();
        }
    }

    /// Half of those who are to be had are here: more would come the later the more one waits.
    [[nodiscard]] bool is_due() const {
        return !waiting_.empty() && waiting_.size() >= std::min(coming_, options_.most);
    }

    static std::size_t accepted_of(const Batch& batch) {
        return static_cast<std::size_t>(std::count_if(
            batch.begin(), batch.end(),
            [](const auto& waiter) { return !waiter->fault && waiter->answer->has_value(); }));
    }

    void commit(const Batch& batch, Fitting fitting = Fitting::assumed) {
        try {
            commit_whole(batch, fitting);
        } catch (const LimitsSpoiled&) {
            // A limit that many run into must not cost everybody a commit: one more time, and who
            // does not fit is told so. Halves are for what is stranger.
            if (fitting == Fitting::assumed) return commit(batch, Fitting::asked);
            commit_halves(batch);
        } catch (const CommitInDoubt&) {
            settle(batch, std::current_exception());
        } catch (const DatabaseFault&) {
            fail(batch, std::current_exception());
        } catch (const std::exception&) {
            // A row that breaks the law is found by halving; it fails alone, with what it broke.
            if (batch.size() == 1) return fail(batch, std::current_exception());
            commit_halves(batch);
        }
    }
    void commit_halves(const Batch& batch) {
        const auto half = batch.begin() + static_cast<std::ptrdiff_t>(batch.size() / 2);
        commit(Batch(batch.begin(), half));
        commit(Batch(half, batch.end()));
    }

    void commit_whole(const Batch& batch, Fitting fitting) {
        // Rolled back where nobody has anything in it: a batch of one may have written before its
        // no.
        (void)database_.transact([&](Tx& tx) -> Result<Done> {
            begin(tx);
            std::vector<Result<Done>> answers = write(tx, entries_of(batch), fitting);
            bool any = false;
            for (std::size_t i = 0; i < batch.size(); ++i) {
                any = any || answers[i].has_value();
                batch[i]->answer = std::move(answers[i]);
            }
            if (!any) return Refusal{Reason::unavailable, "nothing to commit"};
            return Done{};
        });
        // Durable from here on. A crash before an answer is out leaves what the station's retry
        // finds, or an intent that reconcile burns.
    }

    void begin(Tx& tx) {
        backend_ = tx.raw().conn().backendpid();
        pass_gate(tx);
    }

    void settle(const Batch& batch, const std::exception_ptr& doubt) {
        const auto end = Clockwork::now() + options_.asking;
        while (Clockwork::now() < end) {
            try {
                // Until the old transaction's process is gone it may still commit.
                if (is_over(backend_)) return tell_what_stands(batch);
            } catch (const DatabaseFault&) {
                // Away still; it is asked again.
            }
            std::this_thread::sleep_for(asking_again);
        }
        fail(batch, doubt);
    }

    static constexpr const char* is_over_sql = R"sql(
        SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1)
    )sql";
    [[nodiscard]] bool is_over(std::int64_t backend) {
        return database_.transact(
            [&](Tx& tx) { return run_prepared(tx, is_over_sql, backend)[0][0].as<bool>(); });
    }

    void tell_what_stands(const Batch& batch) {
        const auto found =
            database_.transact([&](Tx& tx) { return standing(tx, entries_of(batch)); });
        const auto gone = std::make_exception_ptr(
            DatabaseFault("the connection was lost in COMMIT, and nothing of it was written"));
        for (const auto& waiter : batch) {
            // Who was refused in the batch wrote nothing; that answer holds either way.
            if (!waiter->answer->has_value()) continue;
            const Serial& serial = waiter->entry->row.serial;
            if (std::find(found.begin(), found.end(), serial) == found.end()) waiter->fault = gone;
        }
    }

    static std::vector<const Entry*> entries_of(const Batch& batch) {
        std::vector<const Entry*> entries;
        for (const auto& waiter : batch)
            entries.push_back(waiter->entry);
        return entries;
    }
    static void fail(const Batch& batch, const std::exception_ptr& fault) {
        for (const auto& waiter : batch)
            waiter->fault = fault;
    }

    const Options options_;
    std::function<void(const Told&)> on_commit_;
    std::function<void(std::size_t)> on_accepted_;
    Database database_;
    std::int64_t backend_ = 0;  ///< The server's process behind the transaction last begun.
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::shared_ptr<Waiter>> waiting_;
    std::size_t coming_ = 0;
    bool stopping_ = false;
    std::thread thread_;
};

GroupCommit::GroupCommit(Options options, std::function<void(const Told&)> on_commit)
    : records_(std::make_unique<Lane<RecordEntry>>(options, on_commit, nullptr)),
      intents_(std::make_unique<Lane<IntentEntry>>(
          options, on_commit, [this](std::size_t accepted) { records_->expect(accepted); })) {}

GroupCommit::~GroupCommit() = default;

GroupCommit::Way::Way(GroupCommit& commits) : commits_(commits) {
    commits_.intents_->expect(1);
}

GroupCommit::Way::~Way() {
    if (to_ == To::intents) commits_.intents_->give_up();
    if (to_ == To::records) commits_.records_->give_up();
}

Result<Done> GroupCommit::Way::reserve(const IntentEntry& entry) {
    to_ = To::nowhere;
    auto reserved = commits_.intents_->commit_with_others(entry);
    if (reserved) to_ = To::records;  // Where it is expected already.
    return reserved;
}

Result<Done> GroupCommit::Way::record(const RecordEntry& entry) {
    to_ = To::nowhere;
    return commits_.records_->commit_with_others(entry);
}

}  // namespace hallmark
