#include "server/config/config.h"

#include "server/config/section.h"

#include <fstream>
#include <sstream>

namespace hallmark {
namespace {

using Path = std::filesystem::path;
constexpr std::size_t file_limit = 1024 * 1024;
constexpr std::int64_t day = 24 * 3600;

DatabaseConfig read_database(Section section) {
    DatabaseConfig database;
    section.take("conninfo", database.conninfo);
    section.take("migrate_conninfo", database.migrate_conninfo);
    section.take("connections", database.connections, {1, 1000});
    section.require("conninfo", database.conninfo);
    section.finish();
    if (database.migrate_conninfo.empty()) database.migrate_conninfo = database.conninfo;
    return database;
}

HsmConfig read_hsm(Section section, const Path& folder) {
    HsmConfig hsm;
    section.take_path("module", hsm.module, folder);
    section.take("token", hsm.token);
    section.take_path("pin_file", hsm.pin_file, folder);
    section.take("sessions", hsm.sessions, {1, 256});
    Section environment = section.child("environment");
    hsm.environment = environment.take_all_strings();
    section.require("module", hsm.module);
    section.require("token", hsm.token);
    section.require("pin_file", hsm.pin_file);
    section.finish();
    return hsm;
}

struct DoorRules {
    std::uint16_t port;  ///< Where the file names none: contract's own.
    bool tls;
};

DoorConfig read_door(Section section, const Path& folder, const DoorRules& rules) {
    DoorConfig door;
    door.port = rules.port;
    section.take("address", door.address);
    section.take("port", door.port);
    section.take("hosts", door.hosts);
    section.take("connections", door.connections, {1, 100'000});
    if (rules.tls) {
        section.take_path("certificate", door.certificate, folder);
        section.take_path("key", door.key, folder);
        section.require("certificate", door.certificate);
        section.require("key", door.key);
    }
    section.finish();
    return door;
}

void read_doors(Section section, const Path& folder, Config& config) {
    config.factory = read_door(section.child("factory"), folder, {.port = 8443, .tls = true});
    if (section.has("field"))
        config.field = read_door(section.child("field"), folder, {.port = 8444, .tls = true});
    config.office = read_door(section.child("office"), folder, {.port = 8445, .tls = true});
    config.publishing = read_door(section.child("public"), folder, {.port = 8080, .tls = false});
    config.ops = read_door(section.child("ops"), folder, {.port = 9464, .tls = false});
    section.finish();
}

void read_work(Section& top, Config& config) {
    Section workers = top.child("workers");
    workers.take("seats", config.workers.seats, {1, 4096});
    workers.take("per_caller", config.workers.per_caller, {1, 4096});
    workers.take("threads", config.workers.threads, {1, 256});
    workers.finish();
    Section challenge = top.child("challenge");
    // The protocol's bound: a challenge lives at most 120 s.
    challenge.take("lifetime_s", config.challenge.lifetime, {1, 120});
    challenge.take("per_station", config.challenge.per_station, {1, 100'000});
    challenge.finish();
    Section installation = top.child("installation");
    installation.take("confirm_within_s", config.installation.confirm_within, {1, 30 * day});
    installation.take("sweep_limit", config.installation.sweep_limit, {1, 1'000'000});
    installation.finish();
    Section proposals = top.child("proposals");
    proposals.take("lifetime_s", config.proposals.lifetime, {60, 7 * 24 * 3600});
    proposals.take("open_per_operator", config.proposals.open_per_operator, {1, 1000});
    proposals.finish();
    Section limits = top.child("limits");
    limits.take("body_octets", config.limits.body_octets, {1024, 64 * 1024 * 1024});
    limits.take("refusals_per_minute", config.limits.refusals_per_minute, {1, 1'000'000});
    limits.take("misuse_per_hour", config.limits.misuse_per_hour, {1, 1'000'000});
    limits.take("suspect_elements", config.limits.suspect_elements, {1, 1'000'000});
    limits.take("clock_disagreement_s", config.limits.clock_disagreement, {1, 60});
    limits.take("drain_s", config.limits.drain, {1, 3600});
    limits.finish();
}

void read_evidence(Section section, const Path& folder, Config::EvidenceRules& rules,
                   Complaint& complaint) {
    section.take_path("android_status_list", rules.android_status_list, folder);
    section.take("android_status_max_age_s", rules.android_status_max_age, {60, 30 * day});
    section.take("pkix_arc", rules.pkix_arc);
    section.take("pkix_extended_key_usage", rules.pkix_extended_key_usage);
    section.take("applet_extended_key_usage", rules.applet_extended_key_usage);
    section.take("riot_makers", rules.riot_makers);
    section.take("stsafe_session_signers", rules.stsafe_session_signers);
    section.take("psa_key_callers", rules.psa_key_callers);
    section.take("pkix_statement_type", rules.pkix_statement_type);
    section.take("csr_attribute_syntax", rules.csr_attribute_syntax);
    section.finish();
    if (rules.csr_attribute_syntax != "2026" && rules.csr_attribute_syntax != "2025")
        complaint.say(0, "evidence.csr_attribute_syntax must be \"2026\" or \"2025\"");
}

void read_publishing(Section& top, Config& config, Complaint& complaint) {
    Section crl = top.child("crl");
    crl.take("interval_s", config.crl.interval, {1, 30 * day});
    crl.take("validity_s", config.crl.validity, {60, 365 * day});
    crl.take("base_url", config.crl.base_url);
    crl.finish();
    // RFC 5280 5.1.2.5: a CRL must be renewed before its nextUpdate.
    if (config.crl.validity <= config.crl.interval)
        complaint.say(0, "crl.validity_s must exceed crl.interval_s");
}

void read_results(Section section, const Path& folder, Config& config, Complaint& complaint) {
    section.take("key", config.results.key);
    section.take_path("public_key", config.results.public_key, folder);
    section.finish();
    if (config.results.key.empty() != config.results.public_key.empty())
        complaint.say(0, "results.key and results.public_key come together");
}

void read_imports(Section section, const Path& folder, Config::Imports& imports,
                  Complaint& complaint) {
    constexpr std::int64_t most = std::int64_t{1} << 40;
    std::size_t body = imports.max_octets;
    std::size_t all = imports.spool_octets;
    imports.spool = (folder / "spool").string();
    section.take_path("spool", imports.spool, folder);
    section.take("max_octets", body, {1024, most});
    section.take("spool_octets", all, {1024, most});
    section.take("queue", imports.queue, {1, 64});
    section.finish();
    imports.max_octets = body;
    imports.spool_octets = all;
    if (all < body) complaint.say(0, "imports.spool_octets must hold one of max_octets");
}

void read_log(Section section, const Path& folder, Config& config, Complaint& complaint) {
    section.take("level", config.log.level);
    section.take_path("file", config.log.file, folder);
    section.finish();
    const std::string& level = config.log.level;
    if (level != "debug" && level != "info" && level != "warning" && level != "error") {
        complaint.say(0, "log.level must be debug, info, warning or error");
    }
}

Config read_top(const toml::table& table, const Path& folder, Complaint& complaint) {
    Config config;
    Section top(&table, "", complaint);
    top.take("node", config.node);
    top.require("node", config.node);
    config.database = read_database(top.child("database"));
    config.hsm = read_hsm(top.child("hsm"), folder);
    read_doors(top.child("doors"), folder, config);
    read_work(top, config);
    read_evidence(top.child("evidence"), folder, config.evidence, complaint);
    read_publishing(top, config, complaint);
    read_results(top.child("results"), folder, config, complaint);
    read_imports(top.child("imports"), folder, config.imports, complaint);
    read_log(top.child("log"), folder, config, complaint);
    top.finish();
    return config;
}

Refusal invalid(std::string detail) {
    return {Reason::invalid_document, std::move(detail)};
}

}  // namespace

Result<Config> parse_config(std::string_view text, const Path& folder) {
    const toml::parse_result parsed = toml::parse(text);
    if (!parsed) {
        const toml::parse_error& error = parsed.error();
        return invalid("line " + std::to_string(error.source().begin.line) + ": " +
                       std::string(error.description()));
    }
    Complaint complaint;
    Config config = read_top(parsed.table(), folder, complaint);
    if (!complaint.text.empty()) return invalid(complaint.text);
    return config;
}

Result<Config> load_config(const Path& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return invalid(file.string() + ": cannot be read");
    std::string text(file_limit + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > file_limit) return invalid(file.string() + ": longer than 1 MiB");
    auto config = parse_config(text, std::filesystem::absolute(file).parent_path());
    if (!config) return invalid(file.string() + ": " + config.error().detail);
    return config;
}

}  // namespace hallmark
