// What the kernel says of processes: their CPU time and their memory (proc(5)).
#pragma once

#include <chrono>
#include <string>
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

}  // namespace hallmark::testing
