// Stations at work: threads that take devices from one bench until they are told to stop, nothing
// is left, or the server is gone.
#pragma once

#include "tests/crash/device.h"

#include <atomic>
#include <chrono>
#include <deque>
#include <list>
#include <mutex>
#include <thread>

namespace hallmark::testing {

/// The devices that wait: those begun before new ones, each not before its time.
class Devices {
public:
    using Clock = std::chrono::steady_clock;

    void add(const std::vector<const SoftTpm*>& tpms, const std::string& product = "tpm-gateway") {
        const std::lock_guard lock(mutex_);
        for (const SoftTpm* tpm : tpms)
            fresh_.push_back(&all_.emplace_back(*tpm, product));
    }
    /// Null when nothing is to be done now.
    [[nodiscard]] Device* take() {
        const std::lock_guard lock(mutex_);
        for (auto it = begun_.begin(); it != begun_.end(); ++it) {
            if (it->not_before > Clock::now()) continue;
            Device* device = it->device;
            begun_.erase(it);
            ++taken_;
            return device;
        }
        if (fresh_.empty()) return nullptr;
        Device* device = fresh_.front();
        fresh_.pop_front();
        ++taken_;
        return device;
    }
    void put_back(Device& device, Progress progress) {
        const std::lock_guard lock(mutex_);
        --taken_;
        if (progress == Progress::finished) {
            ++finished_;
            return;
        }
        const auto wait = std::chrono::milliseconds(progress == Progress::later ? 200 : 0);
        begun_.push_back({&device, Clock::now() + wait});
    }
    /// From here on only what was begun is brought to its end.
    void drop_fresh() {
        const std::lock_guard lock(mutex_);
        fresh_.clear();
    }
    [[nodiscard]] bool is_done() const {
        const std::lock_guard lock(mutex_);
        return fresh_.empty() && begun_.empty() && taken_ == 0;
    }
    [[nodiscard]] std::size_t fresh() const {
        const std::lock_guard lock(mutex_);
        return fresh_.size();
    }
    [[nodiscard]] std::size_t finished() const {
        const std::lock_guard lock(mutex_);
        return finished_;
    }
    /// For when nobody works.
    [[nodiscard]] std::deque<Device>& all() noexcept { return all_; }

private:
    struct Begun {
        Device* device;
        Clock::time_point not_before;
    };
    mutable std::mutex mutex_;
    std::deque<Device> all_;
    std::deque<Device*> fresh_;
    std::list<Begun> begun_;
    std::size_t taken_ = 0;
    std::size_t finished_ = 0;
};

class Load {
public:
    Load(Devices& devices, const ClientOptions& door, std::size_t stations = 4)
        : devices_(devices) {
        for (std::size_t i = 0; i < stations; ++i)
            threads_.emplace_back([this, door] { work(door); });
    }
    ~Load() { stop(); }
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

    void stop() {
        stopping_ = true;
        for (std::thread& thread : threads_) {
            if (thread.joinable()) thread.join();
        }
    }
    /// Requests that had no answer at all, one at most a station.
    [[nodiscard]] std::size_t unanswered() const noexcept { return unanswered_; }

private:
    void work(const ClientOptions& door) {
        SoftStation station(door);
        while (!stopping_) {
            Device* device = devices_.take();
            if (device == nullptr) {
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
                continue;
            }
            try {
                const Progress progress = device->advance(station);
                devices_.put_back(*device, progress);
                if (progress == Progress::put_off)
                    std::this_thread::sleep_for(std::chrono::milliseconds(50));
            } catch (const ClientFault&) {
                devices_.put_back(*device, Progress::at_once);
                ++unanswered_;
                return;
            }
        }
    }

    Devices& devices_;
    std::atomic<bool> stopping_{false};
    std::atomic<std::size_t> unanswered_{0};
    std::vector<std::thread> threads_;
};

}  // namespace hallmark::testing
