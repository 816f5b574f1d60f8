#include "ca/hsm/session_pool.h"

namespace hallmark {

SessionPool::SessionPool(Slot slot, std::size_t sessions, Fill fill)
    : slot_(std::move(slot)), sessions_(sessions) {
    if (sessions_ == 0) throw HsmFault(HsmError::permanent, "a token needs at least one session");
    idle_.reserve(sessions_);  // give_back() never allocates.
    const std::size_t now = fill == Fill::all ? sessions_ : 1;
    while (idle_.size() < now)
        idle_.push_back(open(SessionUse::read_only));
}

SessionPool::Lease SessionPool::take(std::chrono::milliseconds wait) {
    const auto deadline = std::chrono::steady_clock::now() + wait;
    std::unique_lock lock(mutex_);
    bool in_time = free_.wait_until(lock, deadline, [&] { return lent_ < sessions_; });
    if (in_time && idle_.empty()) {
        ++lent_;
        lock.unlock();
        if (auto session = take_new()) return {*this, std::move(*session), Lease::Origin::opened};
        lock.lock();
        in_time = free_.wait_until(lock, deadline, [&] { return !idle_.empty() || lent_ == 0; });
        if (idle_.empty() && lent_ == 0)
            throw HsmFault(HsmError::token_lost, "the token grants no session at all");
    }
    if (!in_time) throw HsmFault(HsmError::passing, "no session of the token came free in time");
    ++lent_;
    Session session = std::move(idle_.back());
    idle_.pop_back();
    return {*this, std::move(session), Lease::Origin::idle};
}

/// For a place that was taken: free again where nothing is opened. nullopt: the token has no room
/// for a further session now.
std::optional<Session> SessionPool::take_new() {
    struct Place {
        SessionPool* pool;
        ~Place() {
            if (pool != nullptr) pool->give_back(std::nullopt);
        }
    } place{this};
    try {
        Session session = open(SessionUse::read_only);
        place.pool = nullptr;
        return session;
    } catch (const HsmFault& fault) {
        if (fault.kind() != HsmError::passing) throw;
        return std::nullopt;
    }
}

Session SessionPool::open_writable() {
    return open(SessionUse::read_write);
}

std::size_t SessionPool::in_use() const noexcept {
    const std::lock_guard lock(mutex_);
    return lent_;
}

Session SessionPool::open(SessionUse use) {
    Session session(slot_.call, slot_.id, use);
    // PKCS#11 v2.40 5.6: a login holds for all sessions of the process until the last one is
    // closed, so only the first session, or the first one after all were lost, has to log in.
    const std::lock_guard lock(login_mutex_);
    if (!session.is_user()) log_in(session);
    return session;
}

void SessionPool::log_in(const Session& session) {
    if (*slot_.pin_refused)
        throw HsmFault(HsmError::permanent, "the token refused the PIN; it is not tried again");
    const std::string& pin = slot_.pin.reveal();
    // The interface takes the PIN as bytes that it may write to; it does not.
    auto* const octets = reinterpret_cast<unsigned char*>(const_cast<char*>(pin.data()));
    const CK_RV result = session.call().C_Login(session.handle(), CKU_USER, octets, pin.size());
    if (result == CKR_OK || result == CKR_USER_ALREADY_LOGGED_IN) return;
    *slot_.pin_refused = kind_of(result) == HsmError::permanent;
    throw_hsm_fault(result, "C_Login");
}

void SessionPool::give_back(std::optional<Session> session) noexcept {
    const std::lock_guard lock(mutex_);
    if (session) idle_.push_back(std::move(*session));
    --lent_;
    free_.notify_all();  // Some wait for a place, some for a session.
}

}  // namespace hallmark
