#include "ca/custody/verify_line.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <sys/resource.h>

namespace hallmark {
namespace {

constexpr std::size_t claims_a_batch = 128;
/// Read ahead of the taker: more than a COPY takes at once, so that the verifiers go on meanwhile.
constexpr std::size_t batches_a_verifier = 16;
constexpr int niceness = 5;

struct Batch {
    std::vector<ManifestClaim> claims;
    std::vector<Result<ManifestUnit>> answers;
    std::exception_ptr fault;
    bool is_judged = false;
};

class Line {
public:
    explicit Line(const VerifyLine& plan) : plan_(plan), verifiers_(count_of(plan)) {}
    ~Line() {
        stop();
        for (std::thread& thread : threads_)
            thread.join();
    }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    Result<Digest> run() {
        threads_.emplace_back([this] { read(); });
        for (std::size_t i = 0; i < verifiers_; ++i)
            threads_.emplace_back([this] { verify(); });
        while (const auto batch = next_judged()) {
            if (batch->fault) std::rethrow_exception(batch->fault);
            for (std::size_t i = 0; i < batch->answers.size(); ++i) {
                if (!batch->answers[i]) return std::move(batch->answers[i]).error();
                HALLMARK_TRY(taken, plan_.take(std::move(*batch->answers[i])));
            }
        }
        if (read_fault_) std::rethrow_exception(read_fault_);
        return std::move(*read_);
    }

private:
    static std::size_t count_of(const VerifyLine& plan) {
        if (plan.verifiers > 0) return plan.verifiers;
        return std::max(1u, std::thread::hardware_concurrency());
    }

    void read() {
        std::optional<Result<Digest>> answer;
        std::exception_ptr fault;
        Batch batch;
        try {
            answer = plan_.read([&](ManifestClaim claim) -> Result<Done> {
                batch.claims.push_back(std::move(claim));
                if (batch.claims.size() < claims_a_batch || give(batch)) return Done{};
                return Refusal{Reason::unavailable, "nobody takes the units any more"};
            });
            if (!batch.claims.empty()) give(batch);
        } catch (...) {
            fault = std::current_exception();
        }
        const std::lock_guard lock(mutex_);
        read_ = std::move(answer);
        read_fault_ = fault;
        has_ended_ = true;
        wake_all();
    }

    /// False when nobody wants it.
    bool give(Batch& filled) {
        auto batch = std::make_shared<Batch>(std::exchange(filled, {}));
        std::unique_lock lock(mutex_);
        has_room_.wait(
            lock, [&] { return is_stopping_ || line_.size() < batches_a_verifier * verifiers_; });
        if (is_stopping_) return false;
        line_.push_back(batch);
        to_judge_.push_back(std::move(batch));
        has_work_.notify_one();
        return true;
    }

    void verify() {
        // Behind the doors' own threads: whoever issues meanwhile goes first.
        (void)setpriority(PRIO_PROCESS, 0, niceness);
        std::unique_lock lock(mutex_);
        while (true) {
            has_work_.wait(lock, [&] { return is_stopping_ || has_ended_ || !to_judge_.empty(); });
            if (is_stopping_ || to_judge_.empty()) return;
            const auto batch = std::move(to_judge_.front());
            to_judge_.pop_front();
            lock.unlock();
            judge(*batch);
            lock.lock();
            batch->is_judged = true;
            if (batch == line_.front()) is_next_judged_.notify_one();
        }
    }

    static void judge(Batch& batch) {
        batch.answers.reserve(batch.claims.size());
        try {
            for (const ManifestClaim& claim : batch.claims) {
                batch.answers.push_back(claim.check());
                if (!batch.answers.back()) return;
            }
        } catch (...) {
            batch.fault = std::current_exception();
        }
    }

    /// Null after the last.
    std::shared_ptr<Batch> next_judged() {
        std::unique_lock lock(mutex_);
        is_next_judged_.wait(lock,
                             [&] { return line_.empty() ? has_ended_ : line_.front()->is_judged; });
        if (line_.empty()) return nullptr;
        auto batch = std::move(line_.front());
        line_.pop_front();
        has_room_.notify_one();
        return batch;
    }

    void stop() {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
        wake_all();
    }
    void wake_all() {
        has_room_.notify_all();
        has_work_.notify_all();
        is_next_judged_.notify_all();
    }

    const VerifyLine& plan_;
    const std::size_t verifiers_;
    std::mutex mutex_;
    // Each has waiters of one kind, so that nobody is woken for another's news.
    std::condition_variable has_room_;             ///< The reader.
    std::condition_variable has_work_;             ///< The verifiers.
    std::condition_variable is_next_judged_;       ///< The taker.
    std::deque<std::shared_ptr<Batch>> line_;      ///< Read and not yet taken, in order.
    std::deque<std::shared_ptr<Batch>> to_judge_;  ///< Of these, what no verifier has yet.
    bool has_ended_ = false;
    bool is_stopping_ = false;
    std::optional<Result<Digest>> read_;
    std::exception_ptr read_fault_;
    std::vector<std::thread> threads_;
};

}  // namespace

Result<Digest> run_verify_line(const VerifyLine& line) {
    return Line(line).run();
}

}  // namespace hallmark
