#include "ca/hsm/known_keys.h"

namespace hallmark {
namespace {

constexpr std::chrono::seconds pause_after_found_in_vain{30};

}  // namespace

std::optional<CK_OBJECT_HANDLE> KnownKeys::handle_of(const SigningKey& key) const {
    const std::lock_guard lock(mutex_);
    const auto found = keys_.find(key.public_key.digest());
    return found == keys_.end() ? std::nullopt : found->second.handle;
}

bool KnownKeys::is_usable(const PublicKey& key) const {
    const std::lock_guard lock(mutex_);
    const auto found = keys_.find(key.digest());
    return found == keys_.end() || found->second.is_usable;
}

void KnownKeys::found(const SigningKey& key, CK_OBJECT_HANDLE handle) {
    const std::lock_guard lock(mutex_);
    Known& its = known(key);
    its.key = key;
    its.handle = handle;
    its.is_usable = true;
}

void KnownKeys::failed(const SigningKey& key, HsmError error) {
    const std::lock_guard lock(mutex_);
    Known& its = known(key);
    its.handle.reset();
    if (error == HsmError::key_lost || error == HsmError::permanent) its.is_usable = false;
}

std::vector<SigningKey> KnownKeys::due(Instant now) const {
    const std::lock_guard lock(mutex_);
    std::vector<SigningKey> due;
    for (const auto& [digest, its] : keys_) {
        if (its.is_usable) continue;
        if (its.found_again_at && *its.found_again_at + pause_after_found_in_vain > now) continue;
        due.push_back(its.key);
    }
    return due;
}

void KnownKeys::found_again(const SigningKey& key, CK_OBJECT_HANDLE handle, Instant now) {
    found(key, handle);
    const std::lock_guard lock(mutex_);
    known(key).found_again_at = now;
}

void KnownKeys::begin_anew() noexcept {
    const std::lock_guard lock(mutex_);
    for (auto& [digest, its] : keys_) {
        its.handle.reset();
        its.found_again_at.reset();
    }
}

KnownKeys::Known& KnownKeys::known(const SigningKey& key) {
    const auto [place, made] =
        keys_.try_emplace(key.public_key.digest(),
                          Known{.key = key, .handle = {}, .is_usable = true, .found_again_at = {}});
    return place->second;
}

}  // namespace hallmark
