#include "tests/bench/overload.h"

#include "tests/bench/plant.h"

#include <algorithm>
#include <cmath>
#include <future>
#include <iostream>
#include <sstream>

#include <pqxx/pqxx>
#include <sched.h>

namespace hallmark::testing {
namespace {

constexpr double best_seconds = 10, over_seconds = 30, refusal_seconds = 3;
constexpr std::size_t connections = 256;

void bind_to_first_core(pid_t process) {
    cpu_set_t first;
    CPU_ZERO(&first);
    CPU_SET(0, &first);
    if (sched_setaffinity(process, sizeof first, &first) != 0)
        throw std::runtime_error("sched_setaffinity");
}

std::vector<std::string> on_first_core() {
    return {"taskset", "-c", "0"};
}
std::vector<std::string> on_other_cores() {
    return {"taskset", "-c", "1-" + std::to_string(std::thread::hardware_concurrency() - 1)};
}

}  // namespace

Finding measure_overload() {
    if (std::thread::hardware_concurrency() < 2)
        throw std::runtime_error("overload needs two cores");
    bind_to_first_core(Postgres::cluster().pid());
    Plant plant(on_first_core());
    const Microseconds refusal = plant.cost_of_refusal({.concurrency = connections,
                                                        .rate = 1500,
                                                        .seconds = refusal_seconds,
                                                        .fresh_handshakes = false,
                                                        .before = on_other_cores()});
    const auto load = [&](double rate, std::size_t concurrency, double seconds,
                          std::size_t elements) {
        return plant.load({.concurrency = concurrency,
                           .rate = rate,
                           .seconds = seconds,
                           .fresh_handshakes = false,
                           .before = on_other_cores()},
                          elements);
    };
    (void)load(0, 16, 2, 4000);
    const LoadDone best = load(0, 64, best_seconds, 15'000);
    const double offered = 3 * best.rate();
    const LoadDone over =
        load(offered, connections, over_seconds,
             static_cast<std::size_t>(best.rate() * over_seconds * 1.5) + connections);
    const double refusals = static_cast<double>(over.put_off) / over.seconds;
    const double limit = best.rate() * (1 - refusals * refusal.count() / 1e6);
    std::ostringstream notes;
    notes << "best " << std::lround(best.rate()) << " (" << best.budget() << "), now "
          << over.budget() << "; offered " << std::lround(offered) << "; " << over.put_off
          << " answers 503 (p99 " << over.put_off_p99_ms << " ms, " << std::lround(refusal.count())
          << " us of CPU each), " << (over.others.empty() ? "nothing else" : "also " + over.others)
          << "; " << over.not_begun << " found no free connection; resident "
          << over.resident_early_kib / 1024 << " MiB after a third of the time, "
          << over.resident_kib / 1024 << " at its end";
    return {.name = "overload",
            .unit = "devices a second",
            .value = over.rate(),
            .limit = limit,
            .ratio = over.rate() / limit,
            .p50_ms = over.p50_ms,
            .p99_ms = over.p99_ms,
            .notes = notes.str()};
}

}  // namespace hallmark::testing
