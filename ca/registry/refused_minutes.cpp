#include "ca/registry/refused_minutes.h"

#include "ca/crypto/hash.h"

namespace hallmark {

void RefusedMinutes::count(const OperatorId& by, const Digest& refused, Instant now) {
    const std::lock_guard lock(mutex_);
    Minute& minute = minutes_.try_emplace(by, Minute{.by = by, .begun = now}).first->second;
    ++minute.count;
    minute.digest = sha256(concat({minute.digest, refused}));
}

std::vector<RefusedMinutes::Minute> RefusedMinutes::take(Instant until) {
    const std::lock_guard lock(mutex_);
    std::vector<Minute> taken;
    for (auto at = minutes_.begin(); at != minutes_.end();) {
        if (at->second.begun > until) {
            ++at;
            continue;
        }
        taken.push_back(at->second);
        at = minutes_.erase(at);
    }
    return taken;
}

}  // namespace hallmark
