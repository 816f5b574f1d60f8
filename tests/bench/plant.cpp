#include "tests/bench/plant.h"

#include "ca/crypto/certificate.h"
#include "db/database.h"
#include "station/soft_element.h"

#include <cmath>
#include <thread>

#include <pqxx/pqxx>

namespace hallmark::testing {
namespace {

namespace json = boost::json;

double milliseconds_at(const json::value& report, const char* of, const char* share) {
    return report.at(of).at(share).to_number<double>() / 1000;
}

std::string others_in(const json::value& report) {
    std::string others;
    for (const auto& [reason, count] : report.at("refused").as_object())
        others += std::to_string(count.to_number<std::size_t>()) + " " + std::string(reason) + " ";
    const auto unanswered = report.at("unanswered").to_number<std::size_t>();
    if (unanswered > 0) others += std::to_string(unanswered) + " without answer";
    return others;
}

}  // namespace

std::string LoadDone::budget() const {
    const auto each = [&](Microseconds spent) {
        return std::to_string(std::lround(spent.count() / static_cast<double>(issued)));
    };
    return "CPU us a device: server " + each(server) + ", database " + each(database) +
           ", stations " + each(client) + "; " + std::to_string(std::lround(batch)) +
           " in a commit";
}

Plant::Plant(std::vector<std::string> before) : before_(std::move(before)) {
    for (std::size_t i = 1; i <= most_stations; ++i) {
        const std::string name = "bench-" + std::to_string(i);
        stations_.push_back(ground_.badge(name));
        factory_.enrol(name, stations_.back());
    }
    set_budgets();
    server_ = std::make_unique<ServerProcess>(setting("bench", 64));
    server_->start();
}

ServerProcess::Setting Plant::setting(const std::string& node, std::size_t seats) const {
    return {.node = node,
            .conninfo = factory_.server_conninfo(),
            .digests = {},
            .hsm = {},
            .seats = seats,
            .shim = false,
            .before = before_};
}

constexpr const char* budgets_sql = R"sql(
    INSERT INTO hallmark.budget (layer, id, per, count, station_share, active, set_at, set_by)
    SELECT layer, id, per, 1000000000, CASE WHEN layer <> 'station' THEN 1000000000 END, true, now(), 'setup'
    FROM (VALUES ('product', 'tpm-gateway', 'day'), ('site', 'hall-1', 'day'), ('intermediate', 'line-1', 'all'))
         AS layered (layer, id, per)
    UNION ALL
    SELECT 'station', id, 'hour', 1000000000, NULL, true, now(), 'setup' FROM hallmark.station
)sql";
void Plant::set_budgets() const {
    pqxx::connection connection(factory_.conninfo());
    pqxx::work tx(connection);
    tx.exec(budgets_sql);
    tx.commit();
}

std::string Plant::deliver(std::size_t count, std::size_t lots) {
    const auto identities =
        deliver_elements(ground_.maker, "d" + std::to_string(++deliveries_), count);
    // One after the other from each lot, so that all are drawn on at once.
    std::vector<std::vector<ExampleElement>> by_lot(lots);
    for (std::size_t i = 0; i < identities.size(); ++i) {
        const auto certificate = parse_certificate(identities[i].chain.front()).value();
        by_lot[i % lots].push_back({.unique_id = identities[i].unique_id,
                                    .model = "swtpm",
                                    .keys = {parse_public_key(certificate.spki).value()}});
    }
    for (const auto& elements : by_lot)
        factory_.receive(elements);
    const auto file = (folder_.path() / ("elements-" + std::to_string(deliveries_))).string();
    std::ofstream out(file, std::ios::binary);
    write_elements(identities, out);
    return file;
}

std::vector<std::string> Plant::command(const LoadWanted& wanted, const std::string& url,
                                        const std::string& elements) const {
    std::vector<std::string> words = wanted.before;
    words.insert(
        words.end(),
        {HALLMARK_STATION_PROGRAM, "load", "--json", "--url", url, "--ca", ground_.doors_ca_file(),
         "--root", ground_.at("root.pem"), "--product", "tpm-gateway", "--elements", elements,
         "--for", std::to_string(wanted.seconds), "--rate", std::to_string(wanted.rate),
         "--concurrency", std::to_string(wanted.concurrency)});
    if (wanted.fresh_handshakes) words.emplace_back("--fresh-handshakes");
    for (std::size_t i = 0; i < std::min(wanted.concurrency, stations_.size()); ++i)
        words.insert(words.end(), {"--credential", stations_[i].certificate_file, "--key",
                                   stations_[i].key_file});
    return words;
}

std::pair<double, double> Plant::commits() {
    const std::string page = server_->ops("/metrics");
    const auto value = [&](const std::string& name) {
        const auto at = page.find("\nhallmark_db_commit_batch_size_" + name);
        return at == std::string::npos ? 0 : std::stod(page.substr(page.find(' ', at)));
    };
    return {value("sum"), value("count")};
}

void Plant::wait_for_oracle() const {
    pqxx::connection connection(factory_.conninfo());
    for (;;) {
        const auto row =
            pqxx::nontransaction(connection).exec("SELECT count(*) FROM hallmark.oracle_due");
        if (row[0][0].as<long>() == 0) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

LoadDone Plant::load(const LoadWanted& wanted, std::size_t elements) {
    const auto words = command(wanted, server_->url_of("factory"), deliver(elements, wanted.lots));
    const Microseconds server = cpu_of(server_->pid());
    const Microseconds database = cpu_of_family(Postgres::cluster().pid());
    const auto [entries, commits_made] = commits();
    Residence residence(server_->pid());
    const json::value report = run_load(words);
    const std::size_t early = residence.before_end(wanted.seconds * 2 / 3);
    if (report.at("ran_out").as_bool()) throw std::runtime_error("the elements ran out");
    const auto ended = std::chrono::steady_clock::now();
    wait_for_oracle();
    const auto [entries_now, commits_now] = commits();
    const std::chrono::duration<double> behind = std::chrono::steady_clock::now() - ended;
    return {.issued = report.at("issued").to_number<std::size_t>(),
            .seconds = report.at("microseconds").to_number<double>() / 1e6 + behind.count(),
            .p50_ms = milliseconds_at(report, "device", "p50_us"),
            .p99_ms = milliseconds_at(report, "device", "p99_us"),
            .put_off = report.at("put_off").at("count").to_number<std::size_t>(),
            .put_off_p99_ms = milliseconds_at(report, "put_off", "p99_us"),
            .not_begun = report.at("not_begun").to_number<std::size_t>(),
            .batch = (entries_now - entries) / std::max(1.0, commits_now - commits_made),
            .others = others_in(report),
            .server = cpu_of(server_->pid()) - server,
            .database = cpu_of_family(Postgres::cluster().pid()) - database,
            .client = Microseconds(report.at("cpu_microseconds").to_number<double>()),
            .resident_early_kib = early,
            .resident_kib = resident_kib(server_->pid())};
}

json::value Plant::run_load(const std::vector<std::string>& words) const {
    const auto output = folder_.path() / "load";
    int status = 0;
    waitpid(start_program(words, output), &status, 0);
    if (status != 0) throw std::runtime_error("the load failed: " + text_of(output));
    return json::parse(text_of(output));
}

Microseconds Plant::cost_of_refusal(const LoadWanted& wanted) {
    ServerProcess full(setting("full", 1));
    full.start();
    const auto words = command(wanted, full.url_of("factory"), deliver(2 * wanted.concurrency));
    // Who calls is asked of this table first of all; whoever comes first waits for it, until the
    // database's lock_timeout after ten seconds.
    pqxx::connection connection(conninfo_as(factory_.conninfo(), "postgres"));
    pqxx::work held(connection);
    held.exec("LOCK TABLE hallmark.registry_version IN ACCESS EXCLUSIVE MODE");
    std::thread sitter([&] {
        HttpsClient client(full.factory_door(stations_.front()));
        (void)client.request("GET", "/v1/station");
    });
    std::this_thread::sleep_for(std::chrono::seconds(1));
    const Microseconds begin = cpu_of(full.pid());
    const json::value report = run_load(words);
    const Microseconds spent = cpu_of(full.pid()) - begin;
    held.abort();
    sitter.join();
    return spent / report.at("put_off").at("count").to_number<double>();
}

}  // namespace hallmark::testing
