// What the registry's tables said, for as long as the number that moves on with every act on them
// stays the same. Each station's request learns the number, by asking or with a look of its own, so
// an answer is never older than the request that it serves. Holds nothing before the first number.
// Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace hallmark {

/// The latest number that anybody saw.
class RegistryVersion {
public:
    static constexpr std::int64_t unknown = 0;
    void saw(std::int64_t number) noexcept {
        std::int64_t latest = latest_.load();
        while (latest < number && !latest_.compare_exchange_weak(latest, number)) {
        }
    }
    [[nodiscard]] std::int64_t latest() const noexcept { return latest_.load(); }

private:
    std::atomic<std::int64_t> latest_{unknown};
};

template <typename Key, typename Value>
class Kept {
public:
    /// The kept answer, or what `look_up` says now. An answer is kept under the number that was
    /// seen before it was looked up: it may be younger than its number, never older.
    template <typename LookUp>
    [[nodiscard]] std::optional<Value> find(const Key& key, const RegistryVersion& version,
                                            LookUp look_up) {
        const std::int64_t number = version.latest();
        {
            const std::lock_guard lock(mutex_);
            const auto at = answers_.find(key);
            if (at != answers_.end() && at->second.first == number) return at->second.second;
        }
        std::optional<Value> answer = look_up();
        if (!answer || number == RegistryVersion::unknown) return answer;
        const std::lock_guard lock(mutex_);
        if (answers_.size() >= most) answers_.clear();
        answers_.insert_or_assign(key, std::pair(number, *answer));
        return answer;
    }

private:
    static constexpr std::size_t most = 4096;
    std::mutex mutex_;
    std::map<Key, std::pair<std::int64_t, Value>> answers_;
};

}  // namespace hallmark
