#include "tests/bench/manifest_import.h"

#include "tests/bench/processes.h"
#include "tests/crash/factory.h"
#include "tests/crash/server_process.h"
#include "tests/support/big_manifest.h"

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <thread>

#include <boost/json.hpp>

namespace hallmark::testing {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds bare_time{4};
constexpr std::chrono::milliseconds look_again_after{250};  ///< As the command line does.
constexpr std::size_t signed_octets = 700;  ///< As long as an entry's protected header and payload.

std::size_t units_wanted() {
    const char* given = std::getenv("HALLMARK_BENCH_UNITS");
    return given == nullptr ? 1'000'000 : std::strtoul(given, nullptr, 10);
}

/// Checks a second, all cores at it and nothing else.
double bare_rate() {
    const TestKey key = make_ec_key();
    const PublicKey public_key = key.public_key();
    const Bytes message(signed_octets, 0x42);
    const Bytes signature = key.sign(message, SignatureAlgorithm::ecdsa_sha256);
    std::atomic<std::size_t> checks{0};
    const auto end = Clock::now() + bare_time;
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < std::max(1u, std::thread::hardware_concurrency()); ++i) {
        threads.emplace_back([&] {
            for (; Clock::now() < end; checks += 100) {
                for (int n = 0; n < 100; ++n) {
                    if (!verify_signature(public_key, SignatureAlgorithm::ecdsa_sha256, message,
                                          signature))
                        throw std::logic_error("verify_signature");
                }
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    return static_cast<double>(checks) / std::chrono::duration<double>(bare_time).count();
}

/// The most that was ever resident (proc(5), VmHWM), in KiB.
std::size_t peak_kib(pid_t process) {
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    for (std::string word; status >> word;) {
        std::size_t kib = 0;
        if (word == "VmHWM:" && status >> kib) return kib;
    }
    return 0;
}

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

std::string one_place(double value) {
    return std::to_string(std::lround(value * 10) / 10) + "." +
           std::to_string(std::lround(value * 10) % 10);
}

std::string two_places(double value) {
    const long hundredths = std::lround(value * 100);
    const std::string fraction = std::to_string(hundredths % 100);
    return std::to_string(hundredths / 100) + (fraction.size() < 2 ? ".0" : ".") + fraction;
}

std::string send(HttpsClient& office, const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    const ClientAnswer taken = office.upload(
        "/v1/manifests?vendor=swtpm&lot=lot-big",
        {.octets = std::filesystem::file_size(file), .read = [&](char* into, std::size_t most) {
             stream.read(into, static_cast<std::streamsize>(most));
             return static_cast<std::size_t>(stream.gcount());
         }});
    if (taken.status != 202) throw std::runtime_error("the manifest was not taken: " + taken.body);
    return std::string(boost::json::parse(taken.body).at("job").as_string());
}

void await_end(HttpsClient& office, const std::string& job) {
    while (true) {
        const ClientAnswer told = office.request("GET", "/v1/jobs/" + job);
        const auto state = boost::json::parse(told.body).at("state").as_string();
        if (state == "done") return;
        if (state != "queued" && state != "running")
            throw std::runtime_error("the import ended otherwise: " + told.body);
        std::this_thread::sleep_for(look_again_after);
    }
}

}  // namespace

Finding measure_manifest_import() {
    const std::size_t units = units_wanted();
    const Groundwork& ground = Groundwork::laid();
    const TempDir folder;
    const auto file = folder.path() / "manifest.json";
    write_big_manifest(file, "big-", units, ground.manifest_vendor.signer);
    const double before = bare_rate();
    Factory factory;
    ServerProcess server({.node = "bench-import",
                          .conninfo = factory.server_conninfo(),
                          .digests = (folder.path() / "digests").string(),
                          .shim = false});
    server.start();
    HttpsClient office(server.office_door(ground.ada));
    const std::size_t before_kib = resident_kib(server.pid());
    const auto began = Clock::now();
    const std::string job = send(office, file);
    const double sent = seconds_since(began);
    await_end(office, job);
    const double took = seconds_since(began) - sent;
    const double rate = static_cast<double>(units) / took;
    // What a machine gives changes within a minute: the limit is measured on both sides of it.
    const double limit = (before + bare_rate()) / 2;
    return {.name = "manifest_import",
            .unit = "units a second",
            .value = rate,
            .limit = limit,
            .ratio = rate / limit,
            .p50_ms = std::nullopt,
            .p99_ms = std::nullopt,
            .notes = std::to_string(units) + " units, " +
                     std::to_string(std::filesystem::file_size(file) >> 20) + " MiB sent in " +
                     one_place(sent) + " s, imported in " + one_place(took) +
                     " s (with the sending " +
                     two_places(static_cast<double>(units) / (sent + took) / limit) +
                     " of the limit); server resident " + std::to_string(before_kib >> 10) +
                     " MiB before, at most " + std::to_string(peak_kib(server.pid()) >> 10) +
                     " MiB; the limit: ES256 alone on all cores"};
}

}  // namespace hallmark::testing
