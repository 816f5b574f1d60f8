// The bounded crew on which handlers block. No queue: a job has a seat at once or none at all, so
// that a caller learns that the house is full while it can still go elsewhere. No caller holds more
// than a share of the seats: who floods the house fills its own share, and others are served.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace hallmark {

class Workers {
public:
    /// `share`: of one caller at once; 0 for all of them.
    explicit Workers(std::size_t seats, std::size_t share = 0);
    /// Waits for every job that has a seat.
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    struct Job {
        std::function<void()> work;  ///< Throws nothing.
        std::function<void()> done;  ///< Runs after the seat is free again; short, throws nothing.
        std::string caller = {};     ///< Whose share it is of.
    };
    /// False: every seat is taken, or the caller's share of them, or the crew has gone home; the
    /// job was not touched.
    [[nodiscard]] bool try_run(Job job);

    [[nodiscard]] std::size_t seats() const noexcept { return seats_; }
    [[nodiscard]] std::size_t busy() const;
    /// Takes no more, and returns when the last job is done. May be called twice.
    void stop();

private:
    void serve();
    void free_seat_of(const std::string& caller);

    const std::size_t seats_;
    const std::size_t share_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job>
        given_;  ///< Taken by a seat, not yet picked up by its thread; never more than seats_.
    std::size_t busy_ = 0;
    std::unordered_map<std::string, std::size_t>
        held_;  ///< By caller; who holds none is not in it.
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace hallmark
