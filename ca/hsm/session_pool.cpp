#include "ca/hsm/session_pool.h"

namespace hallmark {

SessionPool::SessionPool(Slot slot, std::size_t sessions)
    : slot_(std::move(slot)), sessions_(sessions) {
    if (sessions_ == 0) throw HsmFault(HsmError::permanent, "a token needs at least one session");
    idle_.reserve(sessions_);  // give_back() never allocates.
    while (idle_.size() < sessions_)
        idle_.push_back(open(SessionUse::read_only));
}

SessionPool::Lease SessionPool::take(std::chrono::milliseconds wait) {
    std::unique_lock lock(mutex_);
    if (!free_.wait_for(lock, wait, [&] { return lent_ < sessions_; }))
        throw HsmFault(HsmError::passing, "no session of the token came free in time");
    ++lent_;
    if (!idle_.empty()) {
        Session session = std::move(idle_.back());
        idle_.pop_back();
        return {*this, std::move(session)};
    }
    lock.unlock();
    // One was dropped: its place is ours while a new one is opened, and free again if that fails.
    struct Place {
        SessionPool* pool;
        ~Place() {
            if (pool != nullptr) pool->give_back(std::nullopt);
        }
    } place{this};
    Session session = open(SessionUse::read_only);
    place.pool = nullptr;
    return {*this, std::move(session)};
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
    free_.notify_one();
}

}  // namespace hallmark
