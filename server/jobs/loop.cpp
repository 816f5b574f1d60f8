#include "server/jobs/loop.h"

#include <exception>

namespace hallmark {

void Jobs::every(std::string name, std::chrono::milliseconds interval, std::function<void()> work) {
    threads_.emplace_back([this, name = std::move(name), interval, work = std::move(work)] {
        run(name, interval, work);
    });
}

void Jobs::run(const std::string& name, std::chrono::milliseconds interval,
               const std::function<void()>& work) {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        const std::uint64_t seen = wakes_;
        lock.unlock();
        // The one catch of the loops, as the session's is the one of the doors.
        try {
            work();
        } catch (const std::exception& fault) {
            on_fault_(name, fault.what());
        }
        lock.lock();
        changed_.wait_for(lock, interval, [&] { return stopping_ || wakes_ != seen; });
    }
}

void Jobs::wake() {
    {
        const std::lock_guard lock(mutex_);
        ++wakes_;
    }
    changed_.notify_all();
}

void Jobs::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
}

}  // namespace hallmark
