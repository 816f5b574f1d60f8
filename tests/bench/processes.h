// What the kernel says of processes: their CPU time and their memory (proc(5)).
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <sys/types.h>

namespace hallmark::testing {

using Microseconds = std::chrono::duration<double, std::micro>;

/// User and system time of all its threads, with that of its ended children.
[[nodiscard]] Microseconds cpu_of(pid_t process);
/// The same with every living child's.
[[nodiscard]] Microseconds cpu_of_family(pid_t process);
/// Of this thread alone.
[[nodiscard]] Microseconds cpu_of_thread();
/// Resident memory in KiB.
[[nodiscard]] std::size_t resident_kib(pid_t process);

/// Looks at a process's memory while it lives.
class Residence {
public:
    explicit Residence(pid_t process);
    ~Residence();
    Residence(const Residence&) = delete;
    Residence& operator=(const Residence&) = delete;
    /// KiB, so many seconds ago.
    [[nodiscard]] std::size_t before_end(double seconds);

private:
    static constexpr std::chrono::milliseconds pace{250};
    std::mutex mutex_;
    std::vector<std::size_t> seen_;
    std::atomic<bool> over_{false};
    std::thread thread_;
};

}  // namespace hallmark::testing
