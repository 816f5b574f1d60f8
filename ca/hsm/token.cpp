#include "ca/hsm/token.h"

#include "ca/crypto/hash.h"
#include "ca/hsm/key_objects.h"
#include "ca/hsm/key_rules.h"
#include "ca/hsm/known_keys.h"
#include "ca/hsm/mechanism.h"
#include "ca/hsm/module.h"
#include "ca/hsm/session_pool.h"

#include <atomic>
#include <mutex>
#include <optional>
#include <shared_mutex>

namespace hallmark {
namespace {

constexpr std::size_t most_label_octets = 64;
constexpr std::size_t id_octets = 20;

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
        take_up(SessionPool::Fill::all);
    }

    std::string label;
    std::chrono::milliseconds wait;
    std::size_t sessions;
    Secret pin;
    std::shared_ptr<std::atomic<bool>> pin_refused = std::make_shared<std::atomic<bool>>(false);
    Module module;  // Before the pool: sessions end before the module does.
    CK_SLOT_ID slot = 0;
    std::optional<SessionPool> pool;  ///< None while the token is lost.
    KnownKeys keys;
    std::atomic<bool> is_up{false};
    /// Shared by every call on the token; taken alone to take the token up anew, when no session
    /// may be out.
    std::shared_mutex use;

    void take_up(SessionPool::Fill fill) {
        slot = module.slot_of(label);
        pool.emplace(
            SessionPool::Slot{module.call(), slot, Secret(std::string(pin.reveal())), pin_refused},
            sessions, fill);
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

    [[nodiscard]] Result<SigningKey> load(const SigningKey& wanted);
    [[nodiscard]] Result<SigningKey> make_key(SessionPool& from, std::string_view key_label,
                                              KeyAlgorithm algorithm);

    [[nodiscard]] Result<KeyUri> uri_of_this_token(std::string_view text) const {
        HALLMARK_TRY(uri, parse_key_uri(text));
        if (!uri.token.empty() && uri.token != label)
            return Refusal{Reason::unavailable, "the key's URI names another token: " + uri.token};
        return uri;
    }

    /// Throws HsmFault (key_lost) when the key is gone or no longer fit.
    [[nodiscard]] CK_OBJECT_HANDLE find(const Session& session, const SigningKey& key) const {
        const auto uri = uri_of_this_token(key.uri);
        if (!uri) throw HsmFault(HsmError::key_lost, uri.error().detail);
        const auto found = find_issuing_key(session, *uri);
        if (!found) throw HsmFault(HsmError::key_lost, found.error().detail);
        if (found->public_key.digest() != key.public_key.digest())
            throw HsmFault(HsmError::key_lost, "the token's key is not the one that is wanted");
        return found->private_key;
    }

    [[nodiscard]] CK_OBJECT_HANDLE handle_of(const Session& session, const SigningKey& key) {
        if (const auto known = keys.handle_of(key)) return *known;
        const CK_OBJECT_HANDLE handle = find(session, key);
        keys.found(key, handle);
        return handle;
    }

    /// Runs `act(session, handle)`; what it throws says whether the key is still there.
    template <typename Act>
    auto with_key(const SigningKey& key, Act act) {
        return on_sessions([&](SessionPool& from) {
            const auto lease = from.take(wait);
            try {
                return act(lease.session(), handle_of(lease.session(), key));
            } catch (const HsmFault& fault) {
                keys.failed(key, fault.kind());  // Noted and passed on whole.
                // A session that was opened for this call and is lost already: the token holds
                // none.
                if (fault.kind() == HsmError::session_lost && lease.is_new()) is_up = false;
                throw;
            }
        });
    }

    /// Throws what speaks of the token; a key that is not there yet is an answer.
    [[nodiscard]] bool is_back(const SigningKey& key, Instant now) {
        return on_sessions([&](SessionPool& from) {
            const auto lease = from.take(wait);
            try {
                keys.found_again(key, find(lease.session(), key), now);
                return true;
            } catch (const HsmFault& fault) {
                if (fault.kind() != HsmError::key_lost && fault.kind() != HsmError::permanent)
                    throw;
                return false;
            }
        });
    }
};

Token::Token(TokenOptions options) : state_(std::make_unique<State>(std::move(options))) {}
Token::~Token() = default;

Bytes Token::sign(const SigningKey& key, ByteView message) {
    const SigningInput input(key, message);
    return state_->with_key(key, [&](const Session& session, CK_OBJECT_HANDLE handle) {
        return input.signature_from(session.sign(handle, input.mechanism(), input.input()));
    });
}

Result<SigningKey> Token::load(std::string_view uri, const PublicKey& public_key,
                               SignatureAlgorithm algorithm) {
    const SigningKey wanted{std::string(uri), public_key, algorithm};
    auto loaded = state_->load(wanted);
    if (!loaded) state_->keys.failed(wanted, HsmError::key_lost);
    return loaded;
}

Result<SigningKey> Token::State::load(const SigningKey& wanted) {
    HALLMARK_TRY(uri, uri_of_this_token(wanted.uri));
    if (!go_together(wanted.public_key.algorithm(), wanted.algorithm))
        return Refusal{Reason::unavailable, std::string(name_of(wanted.public_key.algorithm())) +
                                                " does not sign with " +
                                                std::string(name_of(wanted.algorithm))};
    auto in_token = on_sessions([&](SessionPool& from) {
        const auto lease = from.take(wait);
        return find_issuing_key(lease.session(), uri);
    });
    HALLMARK_TRY(found, std::move(in_token));
    if (found.public_key.digest() != wanted.public_key.digest())
        return Refusal{Reason::unavailable,
                       "the key in the token has another public key than the one wanted"};
    const SigningKey key{key_uri(label, found.attributes.label, found.attributes.id),
                         wanted.public_key, wanted.algorithm};
    keys.found(key, found.private_key);
    return key;
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
    SigningKey key{key_uri(label, key_label, id), found->public_key,
                   usual_signature_algorithm(algorithm)};
    keys.found(key, found->private_key);
    return key;
}

KeyAttributes Token::attributes_of(const SigningKey& key) {
    return state_->with_key(key, [](const Session& session, CK_OBJECT_HANDLE handle) {
        return read_attributes(session, handle);
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

bool Token::is_usable(const PublicKey& key) const {
    return state_->keys.is_usable(key);
}

std::vector<std::string> Token::look_again(Instant now) {
    std::vector<std::string> back;
    for (const SigningKey& key : state_->keys.due(now))
        if (state_->is_back(key, now)) back.push_back(key.uri);
    return back;
}

bool Token::heal() {
    if (is_up()) return false;
    // Callers fail at once while it is not up, so this waits for those under way alone.
    const std::unique_lock alone(state_->use);
    if (*state_->pin_refused)
        throw HsmFault(HsmError::permanent, "the token refused the PIN; it is not tried again");
    state_->pool.reset();
    state_->keys.begin_anew();
    state_->module.restart();
    // One session is enough to be up; the others are opened as they are asked for, since a table
    // that is nearly full may not have them yet.
    state_->take_up(SessionPool::Fill::first);
    return true;
}

}  // namespace hallmark
