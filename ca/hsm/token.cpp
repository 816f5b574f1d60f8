#include "ca/hsm/token.h"

#include "ca/crypto/hash.h"
#include "ca/hsm/key_objects.h"
#include "ca/hsm/key_rules.h"
#include "ca/hsm/mechanism.h"
#include "ca/hsm/module.h"
#include "ca/hsm/session_pool.h"

#include <atomic>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <shared_mutex>

namespace hallmark {
namespace {

constexpr std::size_t most_label_octets = 64;
constexpr std::size_t id_octets = 20;

/// Handles by the digest of the public key. PKCS#11 v2.40 3.5: a token object's handle is good in
/// every session of the process.
class Handles {
public:
    [[nodiscard]] std::optional<CK_OBJECT_HANDLE> find(const Digest& key) const {
        const std::lock_guard lock(mutex_);
        const auto found = handles_.find(key);
        if (found == handles_.end()) return std::nullopt;
        return found->second;
    }
    void put(const Digest& key, CK_OBJECT_HANDLE handle) {
        const std::lock_guard lock(mutex_);
        handles_[key] = handle;
    }
    void clear() noexcept {
        const std::lock_guard lock(mutex_);
        handles_.clear();
    }
    void forget(const Digest& key) noexcept {
        const std::lock_guard lock(mutex_);
        handles_.erase(key);
    }

private:
    mutable std::mutex mutex_;
    std::map<Digest, CK_OBJECT_HANDLE> handles_;
};

/// A call that throws may have done so because the handle is stale: the next one looks for the key
/// anew.
class ForgetOnFault {
public:
    ForgetOnFault(Handles& handles, const Digest& key) : handles_(handles), key_(key) {}
    ~ForgetOnFault() {
        if (std::uncaught_exceptions() > exceptions_) handles_.forget(key_);
    }
    ForgetOnFault(const ForgetOnFault&) = delete;
    ForgetOnFault& operator=(const ForgetOnFault&) = delete;

private:
    Handles& handles_;
    Digest key_;
    int exceptions_ = std::uncaught_exceptions();
};

struct Found {
    CK_OBJECT_HANDLE private_key = CK_INVALID_HANDLE;
    PublicKey public_key;
    KeyAttributes attributes;
};

/// Found and judged: no handle is used that did not come through here.
Result<Found> find_issuing_key(const Session& session, const KeyUri& uri) {
    HALLMARK_TRY(pair, find_key_pair(session, uri));
    HALLMARK_TRY(public_key, public_key_of(session, pair));
    Found found{pair.private_key, public_key, read_attributes(session, pair.private_key)};
    HALLMARK_TRY(fit, check_key_attributes(found.attributes));
    return found;
}

}  // namespace

struct Token::State {
    explicit State(TokenOptions options)
        : label(std::move(options.token_label)),
          wait(options.wait),
          sessions(options.sessions),
          pin(std::move(options.pin)),
          module(options.module_path) {
        take_up();
    }

    std::string label;
    std::chrono::milliseconds wait;
    std::size_t sessions;
    Secret pin;
    std::shared_ptr<std::atomic<bool>> pin_refused = std::make_shared<std::atomic<bool>>(false);
    Module module;  // Before the pool: sessions end before the module does.
    CK_SLOT_ID slot = 0;
    std::optional<SessionPool> pool;  ///< None while the token is lost.
    Handles handles;
    std::atomic<bool> is_up{false};
    /// Shared by every call on the token; taken alone to take the token up anew, when no session
    /// may be out.
    std::shared_mutex use;

    void take_up() {
        slot = module.slot_of(label);
        pool.emplace(
            SessionPool::Slot{module.call(), slot, Secret(std::string(pin.reveal())), pin_refused},
            sessions);
        is_up = true;
    }

    void check_up() const {
        if (*pin_refused)
            throw HsmFault(HsmError::permanent, "the token refused the PIN; it is not tried again");
        if (!is_up) throw HsmFault(HsmError::token_lost, "the token is lost");
    }

    /// Runs `act(pool)`; what it throws says whether the token is still there.
    template <typename Act>
    auto on_sessions(Act act) {
        check_up();  // Before the lock: nobody waits for a token that is being taken up anew.
        const std::shared_lock lock(use);
        check_up();
        try {
            return act(*pool);
        } catch (const HsmFault& fault) {
            // Noted and passed on whole: the one catch that answers stands at the door.
            if (fault.kind() == HsmError::token_lost) is_up = false;
            throw;
        }
    }

    [[nodiscard]] Result<SigningKey> make_key(SessionPool& from, std::string_view key_label,
                                              KeyAlgorithm algorithm);

    [[nodiscard]] Result<KeyUri> uri_of_this_token(std::string_view text) const {
        HALLMARK_TRY(uri, parse_key_uri(text));
        if (!uri.token.empty() && uri.token != label)
            return Refusal{Reason::unavailable, "the key's URI names another token: " + uri.token};
        return uri;
    }

    /// Throws HsmFault (permanent) when the key is gone or no longer fit.
    [[nodiscard]] CK_OBJECT_HANDLE handle_of(const Session& session, const SigningKey& key) {
        if (const auto known = handles.find(key.public_key.digest())) return *known;
        const auto uri = uri_of_this_token(key.uri);
        if (!uri) throw HsmFault(HsmError::permanent, uri.error().detail);
        const auto found = find_issuing_key(session, *uri);
        if (!found) throw HsmFault(HsmError::permanent, found.error().detail);
        if (found->public_key.digest() != key.public_key.digest())
            throw HsmFault(HsmError::permanent, "the token's key is not the one that is wanted");
        handles.put(key.public_key.digest(), found->private_key);
        return found->private_key;
    }
};

Token::Token(TokenOptions options) : state_(std::make_unique<State>(std::move(options))) {}
Token::~Token() = default;

Bytes Token::sign(const SigningKey& key, ByteView message) {
    const SigningInput input(key, message);
    return state_->on_sessions([&](SessionPool& pool) {
        const auto lease = pool.take(state_->wait);
        const ForgetOnFault guard(state_->handles, key.public_key.digest());
        const CK_OBJECT_HANDLE handle = state_->handle_of(lease.session(), key);
        return input.signature_from(lease.session().sign(handle, input.mechanism(), input.input()));
    });
}

Result<SigningKey> Token::load(std::string_view uri_text, const PublicKey& public_key,
                               SignatureAlgorithm algorithm) {
    HALLMARK_TRY(uri, state_->uri_of_this_token(uri_text));
    if (!go_together(public_key.algorithm(), algorithm))
        return Refusal{Reason::unavailable, std::string(name_of(public_key.algorithm())) +
                                                " does not sign with " +
                                                std::string(name_of(algorithm))};
    auto in_token = state_->on_sessions([&](SessionPool& pool) {
        const auto lease = pool.take(state_->wait);
        return find_issuing_key(lease.session(), uri);
    });
    HALLMARK_TRY(found, std::move(in_token));
    if (found.public_key.digest() != public_key.digest())
        return Refusal{Reason::unavailable,
                       "the key in the token has another public key than the one wanted"};
    state_->handles.put(public_key.digest(), found.private_key);
    return SigningKey{key_uri(state_->label, found.attributes.label, found.attributes.id),
                      public_key, algorithm};
}

Result<SigningKey> Token::generate(std::string_view label, KeyAlgorithm algorithm) {
    if (label.empty() || label.size() > most_label_octets)
        return Refusal{Reason::malformed_request, "a key's label has 1 to 64 octets"};
    for (const char letter : label)
        if (static_cast<unsigned char>(letter) < 0x20 || static_cast<unsigned char>(letter) > 0x7E)
            return Refusal{Reason::malformed_request, "a key's label is printable ASCII"};

    return state_->on_sessions(
        [&](SessionPool& pool) { return state_->make_key(pool, label, algorithm); });
}

Result<SigningKey> Token::State::make_key(SessionPool& from, std::string_view key_label,
                                          KeyAlgorithm algorithm) {
    const Session session = from.open_writable();
    Template taken;
    taken.bytes(CKA_LABEL, as_bytes(key_label));
    if (!session.find(std::move(taken)).empty())
        return Refusal{Reason::conflict,
                       "the token has an object labelled " + std::string(key_label)};

    const Bytes id = random_bytes(id_octets);
    const KeyPair pair =
        make_key_pair(session, {.label = key_label, .id = id, .algorithm = algorithm});
    // What the template asked for is not what the token did: the key is judged like any other.
    auto found = find_issuing_key(session, {label, std::string(key_label), id});
    if (!found || found->public_key.algorithm() != algorithm) {
        destroy_key_pair(session, pair);
        return !found ? std::move(found).error()
                      : Refusal{Reason::unavailable, "the token made a key of another algorithm"};
    }
    handles.put(found->public_key.digest(), found->private_key);
    return SigningKey{key_uri(label, key_label, id), found->public_key,
                      usual_signature_algorithm(algorithm)};
}

KeyAttributes Token::attributes_of(const SigningKey& key) {
    return state_->on_sessions([&](SessionPool& pool) {
        const auto lease = pool.take(state_->wait);
        const ForgetOnFault guard(state_->handles, key.public_key.digest());
        return read_attributes(lease.session(), state_->handle_of(lease.session(), key));
    });
}

std::vector<std::pair<std::string, std::string>> Token::description() {
    CK_TOKEN_INFO info{};
    state_->on_sessions([&](SessionPool&) {
        check(state_->module.call().C_GetTokenInfo(state_->slot, &info), "C_GetTokenInfo");
    });
    const auto version = [](const CK_VERSION& number) {
        return std::to_string(number.major) + "." + std::to_string(number.minor);
    };
    return {{"label", padded_text(info.label)},
            {"manufacturer", padded_text(info.manufacturerID)},
            {"model", padded_text(info.model)},
            {"serial", padded_text(info.serialNumber)},
            {"hardware", version(info.hardwareVersion)},
            {"firmware", version(info.firmwareVersion)}};
}

std::size_t Token::sessions_in_use() const noexcept {
    const std::shared_lock lock(state_->use, std::try_to_lock);
    return lock && state_->pool ? state_->pool->in_use() : 0;
}

bool Token::is_up() const noexcept {
    return state_->is_up && !*state_->pin_refused;
}

bool Token::heal() {
    if (is_up()) return false;
    // Callers fail at once while it is not up, so this waits for those under way alone.
    const std::unique_lock alone(state_->use);
    if (*state_->pin_refused)
        throw HsmFault(HsmError::permanent, "the token refused the PIN; it is not tried again");
    state_->pool.reset();
    state_->handles.clear();
    state_->module.restart();
    state_->take_up();
    return true;
}

}  // namespace hallmark
