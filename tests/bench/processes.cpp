#include "tests/bench/processes.h"

#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <unistd.h>

namespace hallmark::testing {
namespace {

/// The fields of /proc/PID/stat from the third on; the second may hold spaces.
std::vector<std::string> stat_of(pid_t process) {
    std::ifstream in("/proc/" + std::to_string(process) + "/stat");
    std::string line;
    std::getline(in, line);
    const auto behind_name = line.rfind(')');
    if (behind_name == std::string::npos) return {};
    std::istringstream rest(line.substr(behind_name + 1));
    std::vector<std::string> fields;
    for (std::string field; rest >> field;)
        fields.push_back(field);
    return fields;
}

constexpr std::size_t parent = 1, user = 11, system_time = 12, children_user = 13,
                      children_system = 14;

Microseconds time_in(const std::vector<std::string>& fields) {
    if (fields.size() <= children_system) return {};
    double ticks = 0;
    for (const std::size_t field : {user, system_time, children_user, children_system})
        ticks += std::stod(fields[field]);
    return Microseconds(ticks * 1e6 / static_cast<double>(sysconf(_SC_CLK_TCK)));
}

}  // namespace

Microseconds cpu_of(pid_t process) {
    const auto fields = stat_of(process);
    if (fields.empty()) throw std::runtime_error("no process " + std::to_string(process));
    return time_in(fields);
}

Microseconds cpu_of_family(pid_t process) {
    Microseconds all = cpu_of(process);
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        const std::string name = entry.path().filename();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        const auto fields = stat_of(std::stoi(name));
        if (fields.size() > parent && fields[parent] == std::to_string(process))
            all += time_in(fields);
    }
    return all;
}

Microseconds cpu_of_thread() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return Microseconds(static_cast<double>(now.tv_sec) * 1e6 +
                        static_cast<double>(now.tv_nsec) / 1e3);
}

Residence::Residence(pid_t process)
    : thread_([this, process] {
          while (!over_) {
              {
                  const std::lock_guard lock(mutex_);
                  seen_.push_back(resident_kib(process));
              }
              std::this_thread::sleep_for(pace);
          }
      }) {}

Residence::~Residence() {
    over_ = true;
    thread_.join();
}

std::size_t Residence::before_end(double seconds) {
    const std::lock_guard lock(mutex_);
    const auto back = static_cast<std::size_t>(seconds * 1000 / pace.count());
    return seen_.empty() ? 0 : seen_[seen_.size() > back ? seen_.size() - 1 - back : 0];
}

std::size_t resident_kib(pid_t process) {
    std::ifstream in("/proc/" + std::to_string(process) + "/statm");
    std::size_t all = 0;
    std::size_t resident = 0;
    in >> all >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) / 1024;
}

}  // namespace hallmark::testing
