#include "server/http/workers.h"

#include <utility>

#include <sys/resource.h>

namespace hallmark {
namespace {

constexpr int crew_niceness = 5;

}  // namespace

Workers::Workers(std::size_t seats, std::size_t share)
    : seats_(seats), share_(share == 0 ? seats : share) {
    threads_.reserve(seats);
    for (std::size_t i = 0; i < seats; ++i)
        threads_.emplace_back([this] { serve(); });
}

Workers::~Workers() {
    stop();
}

bool Workers::try_run(Job job) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || busy_ == seats_) return false;
        std::size_t& held = held_[job.caller];
        if (held == share_) return false;
        ++held;
        ++busy_;
        given_.push_back(std::move(job));
    }
    wake_.notify_one();
    return true;
}

std::size_t Workers::busy() const {
    const std::lock_guard lock(mutex_);
    return busy_;
}

void Workers::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
}

void Workers::serve() {
    // Behind the threads that move the doors' bytes, which are few: however many seats are at work,
    // a full house says so at once, and a seat that is free is filled at once. Linux counts
    // niceness by thread (setpriority(2), "C library/kernel differences"); where it may not,
    // nothing is lost.
    (void)setpriority(PRIO_PROCESS, 0, crew_niceness);
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return stopping_ || !given_.empty(); });
        if (given_.empty()) return;
        Job job = std::move(given_.front());
        given_.pop_front();
        lock.unlock();
        job.work();
        lock.lock();
        // The seat is free before the caller hears of it: its next request must find it so.
        free_seat_of(job.caller);
        lock.unlock();
        job.done();
        job = {};
        lock.lock();
    }
}

void Workers::free_seat_of(const std::string& caller) {
    --busy_;
    const auto held = held_.find(caller);
    if (--held->second == 0) held_.erase(held);
}

}  // namespace hallmark
