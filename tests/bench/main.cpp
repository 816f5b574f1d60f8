// bench [NAME...] [--json F] [--picture F]: measures, prints, asserts nothing. Names: hsm_sign,
// verify_p256, evidence, db_rows, issue_1, issue_4, issue_16, issue_64, issue_64_half,
// issue_64_one_lot, handshakes_16, overload, manifest_import.
#include "tests/bench/manifest_import.h"
#include "tests/bench/overload.h"
#include "tests/bench/plant.h"
#include "tests/bench/report.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <numeric>
#include <optional>
#include <set>

namespace hallmark::testing {
namespace {

const std::vector<std::string> all_names{
    "hsm_sign",      "verify_p256", "evidence",       "db_rows",       "issue_1",
    "issue_4",       "issue_16",    "issue_64",       "issue_64_half", "issue_64_one_lot",
    "handshakes_16", "overload",    "manifest_import"};

struct Wanted {
    std::set<std::string> names;
    std::string json, picture;

    [[nodiscard]] bool has(const std::string& name) const { return names.contains(name); }
    [[nodiscard]] bool has_load() const {
        return std::any_of(names.begin(), names.end(), [](const std::string& name) {
            return name.starts_with("issue_") || name.starts_with("handshakes_");
        });
    }
};

Wanted read(int count, char** words) {
    Wanted wanted;
    for (int i = 1; i < count; ++i) {
        const std::string word = words[i];
        if ((word == "--json" || word == "--picture") && i + 1 < count) {
            (word == "--json" ? wanted.json : wanted.picture) = words[++i];
        } else if (std::find(all_names.begin(), all_names.end(), word) != all_names.end()) {
            wanted.names.insert(word);
        } else {
            std::string known;
            for (const std::string& name : all_names)
                known += " " + name;
            throw std::invalid_argument("no such measurement: " + word + "; there are" + known);
        }
    }
    if (wanted.names.empty()) wanted.names = {all_names.begin(), all_names.end()};
    return wanted;
}

Finding rate_of(const std::string& name, Microseconds ours, Microseconds bare, std::string notes) {
    const double cores = std::max(1u, std::thread::hardware_concurrency());
    return {.name = name,
            .unit = "a second",
            .value = cores * 1e6 / ours.count(),
            .limit = cores * 1e6 / bare.count(),
            .ratio = bare / ours,
            .p50_ms = std::nullopt,
            .p99_ms = std::nullopt,
            .notes = std::move(notes)};
}

Finding finding_of(const std::string& name, const LoadDone& done, double limit) {
    std::string notes = done.budget();
    if (done.put_off > 0) notes += "; put off " + std::to_string(done.put_off);
    if (!done.others.empty()) notes += "; also answered: " + done.others;
    return {.name = name,
            .unit = "devices a second",
            .value = done.rate(),
            .limit = limit,
            .ratio = done.rate() / limit,
            .p50_ms = done.p50_ms,
            .p99_ms = done.p99_ms,
            .notes = std::move(notes)};
}

/// Elements enough for a load that runs as fast as the limit says it never can.
std::size_t elements_for(const LoadWanted& wanted, double limit) {
    const double rate = wanted.rate > 0 ? wanted.rate : limit;
    return static_cast<std::size_t>(rate * wanted.seconds) + 200;
}

std::vector<Finding> measure_loads(const Wanted& wanted, double limit) {
    Plant plant;
    std::vector<Finding> findings;
    // The fastest of five, as the bare costs are: whoever else uses the machine slows both down. At
    // a rate of ours none is faster.
    const auto load = [&](const std::string& name, const LoadWanted& how) {
        LoadDone done = plant.load(how, elements_for(how, limit));
        for (int round = 1; round < 5 && how.rate == 0; ++round) {
            const LoadDone each = plant.load(how, elements_for(how, limit));
            if (each.rate() > done.rate()) done = each;
        }
        findings.push_back(finding_of(name, done, limit));
        std::cerr << name << ": " << std::lround(done.rate()) << " a second\n";
        return done;
    };
    (void)plant.load({.concurrency = 16, .seconds = 2, .before = {}},
                     elements_for({.seconds = 2, .before = {}}, limit));  // Warms caches and plans.
    double at_64 = limit / 2;
    for (const std::size_t stations : {1, 4, 16, 64}) {
        const std::string name = "issue_" + std::to_string(stations);
        if (!wanted.has(name) && !(stations == 64 && wanted.has("issue_64_half"))) continue;
        const LoadDone done = load(name, {.concurrency = stations, .before = {}});
        if (stations == 64) at_64 = done.rate();
    }
    if (wanted.has("issue_64_half"))
        load("issue_64_half", {.concurrency = 64, .rate = at_64 / 2, .seconds = 8, .before = {}});
    if (wanted.has("issue_64_one_lot")) {
        // In turn, so that the machine's mood is shared; the limit is what 64 lots give.
        LoadDone one;
        LoadDone many;
        for (int round = 0; round < 5; ++round) {
            const LoadWanted shared{.concurrency = 64, .before = {}};
            const LoadWanted apart{.concurrency = 64, .lots = 64, .before = {}};
            const LoadDone together = plant.load(shared, elements_for(shared, limit));
            const LoadDone each = plant.load(apart, elements_for(apart, limit));
            if (together.rate() > one.rate()) one = together;
            if (each.rate() > many.rate()) many = each;
        }
        findings.push_back(finding_of("issue_64_one_lot", one, many.rate()));
    }
    if (wanted.has("handshakes_16"))
        load("handshakes_16", {.concurrency = 16, .fresh_handshakes = true, .before = {}});
    return findings;
}

int run(int count, char** words) {
    const Wanted wanted = read(count, words);
    Postgres::make_durable();
    std::cerr << "measuring the bare costs\n";
    const std::vector<Term> terms = measure_terms();
    const auto term = [&](std::string_view name) {
        return std::find_if(terms.begin(), terms.end(),
                            [&](const Term& each) { return each.name == name; })
            ->each;
    };
    const Microseconds device =
        std::accumulate(terms.begin(), terms.end(), Microseconds(0),
                        [](Microseconds sum, const Term& each) { return sum + each.a_device(); });
    const double limit = std::max(1u, std::thread::hardware_concurrency()) * 1e6 / device.count();
    std::vector<Finding> findings;
    if (wanted.has("hsm_sign"))
        findings.push_back(rate_of("hsm_sign", cost_of_our_signature(), term("hsm_sign"),
                                   "through the session pool; bare C_SignInit and C_Sign"));
    if (wanted.has("verify_p256"))
        findings.push_back(rate_of("verify_p256", cost_of_our_verify(), term("verify_p256"),
                                   "through verify_signature; bare EVP_PKEY_verify"));
    if (wanted.has("evidence")) {
        for (const EvidenceCost& cost : costs_of_evidence()) {
            findings.push_back(rate_of("verify_" + cost.format, cost.ours,
                                       term("verify_p256") * cost.signatures,
                                       "evidence on first sight; as many bare checks as it has "
                                       "signatures: " +
                                           std::to_string(cost.signatures)));
        }
    }
    if (wanted.has("db_rows"))
        findings.push_back(rate_of("db_rows", term("db_rows"), term("db_rows"),
                                   "devices' rows: the bare cost itself"));
    if (wanted.has_load()) {
        const auto loads = measure_loads(wanted, limit);
        findings.insert(findings.end(), loads.begin(), loads.end());
    }
    if (wanted.has("overload")) findings.push_back(measure_overload());
    if (wanted.has("manifest_import")) findings.push_back(measure_manifest_import());
    print_terms(terms, std::cout);
    std::cout << "  the limit: " << std::lround(limit) << " devices a second on "
              << std::thread::hardware_concurrency() << " cores\n";
    print_table(findings, std::cout);
    if (!wanted.json.empty()) write_json(findings, wanted.json);
    if (!wanted.picture.empty()) write_picture(findings, wanted.picture);
    return 0;
}

}  // namespace
}  // namespace hallmark::testing

int main(int count, char** words) {
    try {
        return hallmark::testing::run(count, words);
    } catch (const std::exception& fault) {
        std::cerr << "bench: " << fault.what() << '\n';
        return 1;
    }
}
