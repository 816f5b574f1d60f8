// What the token has shown of each key: its handle, or that it can not sign with it. A key that was
// found and then failed is not believed again at once, since each failure costs an intent.
#pragma once

#include "ca/crypto/hash.h"
#include "ca/domain/clock.h"
#include "ca/hsm/cryptoki.h"

#include <map>
#include <mutex>
#include <optional>
#include <vector>

namespace hallmark {

/// PKCS#11 v2.40 3.5: a token object's handle is good in every session of the process.
class KnownKeys {
public:
    [[nodiscard]] std::optional<CK_OBJECT_HANDLE> handle_of(const SigningKey& key) const;
    /// True also of a key that nobody asked for yet.
    [[nodiscard]] bool is_usable(const PublicKey& key) const;

    void found(const SigningKey& key, CK_OBJECT_HANDLE handle);
    /// Whatever failed, the handle may be stale. `key_lost` and `permanent` speak of the key
    /// itself: it is unusable until it is found again.
    void failed(const SigningKey& key, HsmError error);

    /// Unusable keys that it is time to look for: at any time as long as they are not found, half a
    /// minute after they were found in vain.
    [[nodiscard]] std::vector<SigningKey> due(Instant now) const;
    void found_again(const SigningKey& key, CK_OBJECT_HANDLE handle, Instant now);

    /// The token was taken up anew: no handle is good any more, and every lost key may be back.
    void begin_anew() noexcept;

private:
    struct Known {
        SigningKey key;
        std::optional<CK_OBJECT_HANDLE> handle;
        bool is_usable = true;
        std::optional<Instant> found_again_at;
    };
    Known& known(const SigningKey& key);

    mutable std::mutex mutex_;
    std::map<Digest, Known> keys_;
};

}  // namespace hallmark
