// Questions of concurrent workers asked as one statement. By load and not by timer: whoever finds
// nobody asking asks at once, for all who wait, and needs no thread of its own. An answer always
// comes from a statement that began after its question was put, so it is never older than that.
#pragma once

#include <algorithm>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <semaphore>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

namespace hallmark {

template <typename Question, typename Answer>
class GroupAsk {
public:
    /// One answer a question, in their order. What it throws, each of the askers is thrown.
    using AskAll = std::function<std::vector<Answer>(std::span<const Question* const>)>;
    static constexpr std::size_t most = 64;  ///< Questions in one statement.

    explicit GroupAsk(AskAll ask_all) : ask_all_(std::move(ask_all)) {}

    /// Blocks until the answer is there. `question` must live until then.
    [[nodiscard]] Answer ask(const Question& question) {
        const auto own = std::make_shared<Waiter>(question);
        bool is_mine = false;
        {
            const std::lock_guard lock(mutex_);
            waiting_.push_back(own);
            is_mine = !std::exchange(somebody_asks_, true);
        }
        if (!is_mine) own->wake.acquire();
        // Woken with an answer, or because this is now the one who has waited longest.
        if (!own->is_done) ask_for_all();
        if (own->fault) std::rethrow_exception(own->fault);
        return std::move(*own->answer);
    }

private:
    struct Waiter {
        explicit Waiter(const Question& whose) : question(&whose) {}
        const Question* question;
        std::optional<Answer> answer;
        std::exception_ptr fault;
        bool is_done = false;
        std::binary_semaphore wake{0};
    };
    using Batch = std::vector<std::shared_ptr<Waiter>>;

    /// The caller's question is the first of those who wait.
    void ask_for_all() {
        const Batch batch = take();
        answer(batch);
        std::shared_ptr<Waiter> next;
        {
            const std::lock_guard lock(mutex_);
            somebody_asks_ = !waiting_.empty();
            if (somebody_asks_) next = waiting_.front();
        }
        if (next) next->wake.release();
        for (std::size_t i = 0; i < batch.size(); ++i) {
            batch[i]->is_done = true;
            if (i > 0) batch[i]->wake.release();
        }
    }

    [[nodiscard]] Batch take() {
        const std::lock_guard lock(mutex_);
        const auto end =
            waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), most));
        Batch batch(waiting_.begin(), end);
        waiting_.erase(waiting_.begin(), end);
        return batch;
    }

    void answer(const Batch& batch) {
        try {
            std::vector<const Question*> questions;
            for (const auto& waiter : batch)
                questions.push_back(waiter->question);
            std::vector<Answer> answers = ask_all_(questions);
            if (answers.size() != batch.size())
                throw std::logic_error("as many answers as questions");
            for (std::size_t i = 0; i < batch.size(); ++i)
                batch[i]->answer = std::move(answers[i]);
        } catch (const std::exception&) {
            for (const auto& waiter : batch)
                waiter->fault = std::current_exception();
        }
    }

    AskAll ask_all_;
    std::mutex mutex_;
    std::deque<std::shared_ptr<Waiter>> waiting_;
    bool somebody_asks_ = false;
};

}  // namespace hallmark
