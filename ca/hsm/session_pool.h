// Logged-in sessions of one slot, lent one at a time with a bounded wait. A session that failed is
// dropped and replaced when next asked for. Never tries a PIN again that the token refused.
#pragma once

#include "ca/domain/secret.h"
#include "ca/hsm/session.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace hallmark {

class SessionPool {
public:
    struct Slot {
        const CK_FUNCTION_LIST& call;
        CK_SLOT_ID id;
        Secret pin;
        /// Set for good once the token refused the PIN; outlives the pool.
        std::shared_ptr<std::atomic<bool>> pin_refused = std::make_shared<std::atomic<bool>>(false);
    };

    enum class Fill { all, first };

    /// Opens and logs in one session after another and stops at the first failure: one wrong PIN is
    /// one try of the few that the token grants. With Fill::first the others are opened by whoever
    /// needs them. Throws HsmFault.
    SessionPool(Slot slot, std::size_t sessions, Fill fill = Fill::all);
    SessionPool(const SessionPool&) = delete;
    SessionPool& operator=(const SessionPool&) = delete;

    /// A session for the life of the lease. One that goes because of an exception is closed and not
    /// given back: an operation may still be active on it.
    class Lease {
    public:
        enum class Origin { idle, opened };
        Lease(SessionPool& pool, Session session, Origin origin)
            : pool_(&pool), session_(std::move(session)), origin_(origin) {}
        ~Lease() {
            if (std::uncaught_exceptions() > exceptions_) session_.reset();
            pool_->give_back(std::move(session_));
        }
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        [[nodiscard]] const Session& session() const noexcept { return *session_; }
        /// Opened for this lease; nobody has used it before.
        [[nodiscard]] bool is_new() const noexcept { return origin_ == Origin::opened; }

    private:
        SessionPool* pool_;
        std::optional<Session> session_;
        Origin origin_;
        int exceptions_ = std::uncaught_exceptions();
    };

    /// Where the token grants no further session, one of those that there are. Throws HsmFault:
    /// passing when none came free in time, token_lost when there is none and none is granted.
    [[nodiscard]] Lease take(std::chrono::milliseconds wait);
    /// A session of its own that may make objects; not one of the pool's.
    [[nodiscard]] Session open_writable();
    [[nodiscard]] std::size_t in_use() const noexcept;

private:
    [[nodiscard]] std::optional<Session> take_new();
    [[nodiscard]] Session open(SessionUse use);
    void log_in(const Session& session);
    void give_back(std::optional<Session> session) noexcept;

    Slot slot_;
    std::size_t sessions_;
    mutable std::mutex mutex_;
    std::condition_variable free_;
    std::vector<Session> idle_;
    std::size_t lent_ = 0;
    std::mutex login_mutex_;
};

}  // namespace hallmark
