// This node's claim on the intents it writes, and the list of those it gave up on. An intent is
// settled by the node that wrote it while its epoch lives, and by whoever finds it after.
#pragma once

#include "ca/domain/ids.h"
#include "db/database.h"

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

namespace hallmark {

class Epoch {
public:
    /// Begins a new epoch for this node.
    Epoch(Database& database, const std::string& node);

    [[nodiscard]] std::int64_t id() const noexcept { return id_; }
    [[nodiscard]] const std::string& node() const noexcept { return node_; }
    /// False when the database says that the epoch is dead: a new one has begun, and nothing of the
    /// old one's can be recorded any more. False for good after end().
    bool beat();
    [[nodiscard]] bool is_alive() const noexcept { return alive_; }
    /// On an orderly stop with nothing in flight: what is left may be settled by others at once.
    void end();

    /// An intent that its own line did not bring to a record. Burnt by the next settle().
    void give_up(const Serial& serial);
    [[nodiscard]] std::vector<Serial> take_given_up();

private:
    Database& database_;
    std::string node_;
    std::atomic<std::int64_t> id_{0};
    std::atomic<bool> alive_{true};
    std::atomic<bool> ended_{false};
    std::mutex mutex_;
    std::vector<Serial> given_up_;
};

/// Gives the intent up unless told that the record stands.
class IntentGuard {
public:
    IntentGuard(Epoch& epoch, Serial serial) : epoch_(epoch), serial_(std::move(serial)) {}
    IntentGuard(const IntentGuard&) = delete;
    IntentGuard& operator=(const IntentGuard&) = delete;
    ~IntentGuard() {
        if (!settled_) epoch_.give_up(serial_);
    }
    void settled() noexcept { settled_ = true; }

private:
    Epoch& epoch_;
    Serial serial_;
    bool settled_ = false;
};

}  // namespace hallmark
