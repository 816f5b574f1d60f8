#include "server/local_commands.h"

#include "ca/crypto/certificate.h"
#include "ca/issuance/reconcile.h"
#include "ca/registry/registry.h"
#include "db/migrate.h"
#include "policy/policy.h"
#include "server/config/config.h"

#include <fstream>
#include <iterator>
#include <ostream>

#include <boost/json.hpp>

namespace hallmark {
namespace {

std::string read_file(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) throw Fault("cannot read " + file);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

Config config_in(const std::string& file) {
    auto config = load_config(file);
    if (!config) throw Fault(config.error().detail);
    return std::move(*config);
}

const std::string& owner_of(const Config& config) {
    return config.database.migrate_conninfo.empty() ? config.database.conninfo
                                                    : config.database.migrate_conninfo;
}

int refuse(const Refusal& refusal, std::ostream& err) {
    err << "hallmark: " << name_of(refusal.reason) << ": " << refusal.detail << "\n";
    return 3;
}

}  // namespace

int migrate(const std::string& config_file, bool check_only, std::ostream& out, std::ostream& err) {
    const Config config = config_in(config_file);
    const Schema schema = embedded_schema();
    if (check_only) {
        const SchemaState state = schema_state(owner_of(config), schema);
        if (!state.trouble.empty()) return refuse({Reason::conflict, state.trouble}, err);
        for (const std::string& name : state.pending)
            out << "pending: " << name << "\n";
        if (state.pending.empty()) out << "the schema is up to date\n";
        return state.pending.empty() ? 0 : 3;
    }
    const auto applied = apply_schema(owner_of(config), schema);
    if (!applied) return refuse(applied.error(), err);
    for (const std::string& name : *applied)
        out << "applied: " << name << "\n";
    if (applied->empty()) out << "the schema is up to date\n";
    return 0;
}

int set_up(const std::string& config_file, const std::vector<std::string>& operators, Instant now,
           std::ostream& out, std::ostream& err) {
    const Config config = config_in(config_file);
    std::vector<OperatorEnrolment> enrolments;
    for (const std::string& given : operators) {
        const std::size_t equals = given.find('=');
        const std::string id = equals == std::string::npos
                                   ? "operator-" + std::to_string(enrolments.size() + 1)
                                   : given.substr(0, equals);
        const std::string file = equals == std::string::npos ? given : given.substr(equals + 1);
        const auto slug = parse_slug_as<OperatorId>(id, "operator");
        if (!slug) return refuse(slug.error(), err);
        const auto certificates = parse_pem(read_file(file), "CERTIFICATE");
        if (!certificates || certificates->size() != 1) {
            return refuse({Reason::malformed_request, file + " must hold one certificate"}, err);
        }
        enrolments.push_back({.id = *slug,
                              .name = id,
                              .roles = {Role::administrator, Role::line_manager,
                                        Role::security_officer, Role::auditor},
                              .certificate = certificates->front()});
    }
    Database database({.conninfo = config.database.conninfo, .connections = 1});
    Registry registry(database);
    const auto done = registry.set_up(enrolments, now);
    if (!done) return refuse(done.error(), err);
    for (const OperatorEnrolment& enrolment : enrolments)
        out << "enrolled: " << enrolment.id.get() << "\n";
    return 0;
}

int reconcile(const std::string& config_file, Instant now, std::ostream& out, std::ostream&) {
    const Config config = config_in(config_file);
    Database database({.conninfo = config.database.conninfo, .connections = 1});
    std::size_t count = 0;
    for (;;) {
        const auto settled = settle_dead(database, "system/reconcile", 100, now);
        for (const Settled& one : settled) {
            out << "burnt " << to_hex(one.serial.get()) << ": issuance " << one.issuance.get()
                << ", device " << one.device.get()
                << " (reserved by a node that is gone; it will be on the CRL)\n";
        }
        count += settled.size();
        if (settled.empty()) break;
    }
    out << count << " settled\n";
    return 0;
}

int policy_check(const std::vector<std::string>& files, bool json, std::ostream& out,
                 std::ostream& err) {
    boost::json::array report;
    for (const std::string& file : files) {
        const auto policy = parse_policy(read_file(file));
        if (!policy) {
            report.push_back(
                {{"file", file}, {"line", 0}, {"path", ""}, {"text", policy.error().detail}});
            continue;
        }
        for (const PolicyFinding& finding : check_policy(*policy)) {
            report.push_back({{"file", file},
                              {"line", finding.line},
                              {"path", finding.path},
                              {"text", finding.text}});
        }
    }
    if (json) out << boost::json::serialize(report) << "\n";
    for (const boost::json::value& finding : report) {
        if (json) break;
        err << finding.at("file").as_string().c_str() << ":"
            << boost::json::serialize(finding.at("line")) << ": "
            << finding.at("path").as_string().c_str() << ": "
            << finding.at("text").as_string().c_str() << "\n";
    }
    if (report.empty() && !json) out << files.size() << " without findings\n";
    return report.empty() ? 0 : 3;
}

int policy_test(const std::vector<std::string>& files, bool json, std::ostream& out,
                std::ostream& err) {
    boost::json::array report;
    bool passed = true;
    for (const std::string& file : files) {
        const auto policy = parse_policy(read_file(file));
        if (!policy)
            return refuse({Reason::invalid_document, file + ": " + policy.error().detail}, err);
        for (const ExampleOutcome& example : run_examples(*policy)) {
            passed = passed && example.passed;
            report.push_back({{"file", file},
                              {"example", example.name},
                              {"passed", example.passed},
                              {"explanation", example.explanation}});
            if (!json) {
                out << (example.passed ? "passed  " : "FAILED  ") << example.name
                    << (example.passed ? "" : ": " + example.explanation) << "\n";
            }
        }
    }
    if (json) out << boost::json::serialize(report) << "\n";
    return passed ? 0 : 3;
}

}  // namespace hallmark
