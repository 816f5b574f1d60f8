// Parsed policies by digest, a bounded number of them; the oldest entry goes first. Thread-safe.
// Holds no opinion on which one is current: that is asked of the database each time.
#pragma once

#include "ca/domain/bytes.h"
#include "policy/policy.h"

#include <deque>
#include <map>
#include <mutex>
#include <optional>

namespace hallmark {

class PolicyCache {
public:
    [[nodiscard]] std::optional<Policy> find(const Digest& digest) const {
        const std::lock_guard lock(mutex_);
        const auto at = policies_.find(digest);
        if (at == policies_.end()) return std::nullopt;
        return at->second;
    }
    void keep(const Policy& policy) {
        const std::lock_guard lock(mutex_);
        if (!policies_.emplace(policy.digest(), policy).second) return;
        order_.push_back(policy.digest());
        if (order_.size() <= most) return;
        policies_.erase(order_.front());
        order_.pop_front();
    }

private:
    static constexpr std::size_t most = 64;
    mutable std::mutex mutex_;
    std::map<Digest, Policy> policies_;
    std::deque<Digest> order_;
};

}  // namespace hallmark
