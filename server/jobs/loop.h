// Named loops beside the doors: each its own thread, run at its interval, stopped on drain. A loop
// that fails is told of and runs again; it never ends the process.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace hallmark {

class Jobs {
public:
    using OnFault = std::function<void(std::string_view job, std::string_view what)>;
    explicit Jobs(OnFault on_fault) : on_fault_(std::move(on_fault)) {}
    ~Jobs() { stop(); }
    Jobs(const Jobs&) = delete;
    Jobs& operator=(const Jobs&) = delete;

    /// Starts a loop: `work` at once, then again `interval` after it returned.
    void every(std::string name, std::chrono::milliseconds interval, std::function<void()> work);
    /// Lets every loop run again now.
    void wake();
    /// Ends after the turn that each is in. May be called twice.
    void stop();

private:
    void run(const std::string& name, std::chrono::milliseconds interval,
             const std::function<void()>& work);

    OnFault on_fault_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    std::uint64_t wakes_ = 0;
    std::vector<std::thread> threads_;
};

}  // namespace hallmark
