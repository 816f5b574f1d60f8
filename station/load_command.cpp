#include "ca/crypto/certificate.h"
#include "ca/json/json.h"
#include "server/client/tls_client.h"
#include "station/commands.h"
#include "station/files.h"
#include "station/load.h"
#include "station/soft_elements.h"

#include <fstream>
#include <iomanip>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

namespace hallmark {
namespace {

constexpr std::size_t most_elements = 1'000'000;

struct Arguments {
    LoadPlan plan;
    ClientOptions door;
    std::vector<std::string> credentials;
    std::vector<std::string> keys;
    std::string elements_file;
    std::string root_file;
    double seconds = 10;
    bool json = false;
};

bool is_loopback(const ServerName& server) {
    return server.host == "localhost" || server.host == "::1" ||
           (server.is_address && server.host.starts_with("127."));
}

std::vector<std::unique_ptr<SecureElement>> elements_in(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw Fault("cannot read " + file);
    std::vector<std::unique_ptr<SecureElement>> elements;
    for (const SoftIdentity& identity : read_elements(in, most_elements)) {
        elements.push_back(open_soft_element(identity));
        elements.back()->make_leaf();
    }
    return elements;
}

std::size_t sum(const std::map<std::string, std::size_t>& counts) {
    std::size_t all = 0;
    for (const auto& [name, count] : counts)
        all += count;
    return all;
}

std::string milliseconds(std::uint32_t microseconds) {
    std::ostringstream text;
    text << std::fixed << std::setprecision(2) << microseconds / 1000.0;
    return text.str();
}

void print_row(std::string_view name, const Times& times) {
    std::cout << std::left << std::setw(14) << name << std::right;
    for (const double share : {0.5, 0.99, 0.999})
        std::cout << std::setw(10) << milliseconds(percentile(times, share));
    std::cout << '\n';
}

void print_text(const LoadReport& report) {
    std::cout << std::fixed << std::setprecision(1)
              << static_cast<double>(report.issued) / report.seconds << " certificates a second ("
              << report.issued << " in " << report.seconds << " s)\n"
              << "ms                   p50       p99     p99.9\n";
    print_row("challenge", report.challenge);
    print_row("issuance", report.issuance);
    print_row("device", report.device);
    if (report.put_off > 0) print_row("put off", report.put_off_times);
    std::cout << "put off       " << report.put_off << "\nrefused       " << sum(report.refused)
              << '\n';
    for (const auto& [reason, count] : report.refused)
        std::cout << "    " << count << " " << reason << '\n';
    std::cout << "no answer     " << report.unanswered << "\nwrong         " << sum(report.wrong)
              << '\n';
    for (const auto& [what, count] : report.wrong)
        std::cout << "    " << count << " " << what << '\n';
    if (report.not_begun > 0)
        std::cout << report.not_begun << " were due and found every connection busy\n";
    if (report.ran_out) std::cout << "the elements ran out before the time\n";
}

boost::json::object times_object(const Times& times) {
    return {{"count", times.size()},
            {"p50_us", percentile(times, 0.5)},
            {"p99_us", percentile(times, 0.99)},
            {"p99_9_us", percentile(times, 0.999)}};
}

boost::json::object counts_object(const std::map<std::string, std::size_t>& counts) {
    boost::json::object object;
    for (const auto& [name, count] : counts)
        object[name] = count;
    return object;
}

void print_json(const LoadReport& report) {
    const auto microseconds = [](double seconds) {
        return static_cast<std::int64_t>(seconds * 1e6);
    };
    std::cout << canonical_json(
                     boost::json::object{{"issued", report.issued},
                                         {"microseconds", microseconds(report.seconds)},
                                         {"cpu_microseconds", microseconds(report.cpu_seconds)},
                                         {"challenge", times_object(report.challenge)},
                                         {"issuance", times_object(report.issuance)},
                                         {"device", times_object(report.device)},
                                         {"put_off", times_object(report.put_off_times)},
                                         {"refused", counts_object(report.refused)},
                                         {"unanswered", report.unanswered},
                                         {"wrong", counts_object(report.wrong)},
                                         {"not_begun", report.not_begun},
                                         {"ran_out", report.ran_out}})
              << '\n';
}

int run(Arguments arguments, const Clock& clock) {
    try {
        if (arguments.credentials.size() != arguments.keys.size()) {
            std::cerr << "each --credential needs its --key\n";
            return exit_usage;
        }
        if (!is_loopback(parse_server_url(arguments.door.url))) {
            std::cerr << "--url: a load goes to a server on this machine alone\n";
            return exit_usage;
        }
        for (std::size_t i = 0; i < arguments.keys.size(); ++i) {
            ClientOptions station = arguments.door;
            station.credential_file = arguments.credentials[i];
            station.key_file = arguments.keys[i];
            arguments.plan.stations.push_back(std::move(station));
        }
        arguments.plan.time = std::chrono::milliseconds(static_cast<int>(arguments.seconds * 1000));
        if (!arguments.root_file.empty()) {
            const auto roots = parse_pem(read_file(arguments.root_file), "CERTIFICATE");
            if (!roots || roots->empty())
                throw Fault("no PEM certificates in " + arguments.root_file);
            arguments.plan.roots = *roots;
        }
        const LoadReport report =
            run_load(arguments.plan, elements_in(arguments.elements_file), clock);
        if (arguments.json)
            print_json(report);
        else
            print_text(report);
        return report.wrong.empty() ? exit_done : exit_fault;
    } catch (const std::exception& fault) {
        return tell(fault, arguments.json ? Output::json : Output::text);
    }
}

}  // namespace

void add_load(CLI::App& program, const Clock& clock, Chosen& chosen) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command =
        program.add_subcommand("load", "Drives software elements against a server on this machine");
    command->add_option("--url", arguments->door.url, "The factory door, https://127.0.0.1:port")
        ->required();
    command->add_option("--ca", arguments->door.ca_file, "PEM that the server must chain to")
        ->required()
        ->check(CLI::ExistingFile);
    command
        ->add_option("--credential", arguments->credentials,
                     "A station's certificate, PEM; repeat for more, the connections take turns")
        ->required()
        ->check(CLI::ExistingFile)
        ->allow_extra_args(false);
    command->add_option("--key", arguments->keys, "Its key, PEM; one for each --credential")
        ->required()
        ->check(CLI::ExistingFile)
        ->allow_extra_args(false);
    command->add_option("--product", arguments->plan.product, "What the devices become")
        ->required();
    command
        ->add_option("--elements", arguments->elements_file,
                     "The elements, as example-elements wrote them")
        ->required()
        ->check(CLI::ExistingFile);
    command
        ->add_option("--root", arguments->root_file,
                     "What is issued must chain to one of these, PEM")
        ->check(CLI::ExistingFile);
    command->add_option("--concurrency", arguments->plan.concurrency, "Connections")
        ->capture_default_str()
        ->check(CLI::Range(1, 1024));
    command
        ->add_option("--rate", arguments->plan.rate,
                     "Devices a second, whether the server keeps up or not; 0: as fast as it can")
        ->capture_default_str()
        ->check(CLI::Range(0.0, 100'000.0));
    command->add_option("--for", arguments->seconds, "Seconds")
        ->capture_default_str()
        ->check(CLI::Range(0.1, 3600.0));
    command->add_flag("--fresh-handshakes", arguments->plan.fresh_handshakes,
                      "Each device comes over a connection of its own");
    command->add_flag("--json", arguments->json, "Output for machines");
    command->callback([arguments, &clock, &chosen] {
        chosen = [arguments, &clock] { return run(*arguments, clock); };
    });
}

}  // namespace hallmark
