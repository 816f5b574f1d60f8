#include "server/ledger_commands.h"

#include "ca/crypto/certificate.h"
#include "ca/crypto/file_key.h"
#include "ca/custody/hand_over.h"
#include "ca/domain/fault.h"
#include "ca/json/json.h"

#include <algorithm>
#include <fstream>
#include <iomanip>
#include <iterator>
#include <ostream>

#include <boost/json.hpp>

namespace hallmark {
namespace {

namespace json = boost::json;

std::string file_text(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) throw Fault("cannot read " + file);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::string hand_overs_of(const std::string& lot) {
    return "/v1/lots/" + segment(lot) + "/hand-overs";
}

json::object object_in(std::string_view body) {
    auto value = parse_json(body, {.octets = 64u * 1024 * 1024, .depth = 8, .members = 1'000'000});
    if (!value || !value->is_object()) throw Fault("the server's answer is not a JSON object");
    return std::move(value->get_object());
}

/// As a word reads it: text without quotes.
std::string plain(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    if (value == nullptr) return {};
    return value->is_string() ? std::string(value->get_string()) : json::serialize(*value);
}

struct OperatorKey {
    FileKey key;
    Digest certificate{};
};

OperatorKey operator_key(const CliConfig& at) {
    auto key = FileKey::parse(file_text(at.key));
    if (!key) throw Fault("--key " + key.error().detail);
    const auto blocks = parse_pem(file_text(at.credential), "CERTIFICATE");
    if (!blocks || blocks->empty()) throw Fault("no certificate in " + at.credential);
    const auto certificate = parse_certificate(blocks->front());
    if (!certificate) throw Fault("--credential " + certificate.error().detail);
    if (certificate->spki != key->public_key().spki())
        throw Fault("--key is not the key of --credential");
    return {std::move(*key), certificate->sha256};
}

HandOver entry_after(const json::object& next, const HandOverOrder& order, Instant now) {
    const auto kind = hand_over_kind_from(order.kind);
    const auto previous = digest_from_hex(plain(next, "previous"));
    const json::value* sequence = next.if_contains("sequence");
    if (!kind) throw Fault("no such kind of hand-over");
    if (!previous || !sequence || !sequence->is_int64())
        throw Fault("the server does not say what the next entry follows");
    HandOver entry;
    entry.lot = LotId(order.lot);
    entry.sequence = static_cast<std::uint32_t>(sequence->get_int64());
    entry.kind = *kind;
    entry.from = order.from.empty() ? plain(next, "from") : order.from;
    entry.to = order.to;
    entry.units = order.units;
    if (!order.site.empty()) entry.site = SiteId(order.site);
    entry.at = floor_to_second(now);
    entry.previous = *previous;
    entry.elements = order.elements;
    std::sort(entry.elements.begin(), entry.elements.end());
    return entry;
}

void print_counts(const json::object& counts, std::ostream& out) {
    for (const char* name :
         {"received", "unused", "in_process", "installed", "scrapped", "returned", "missing"}) {
        std::string shown = name;
        std::replace(shown.begin(), shown.end(), '_', ' ');
        out << "  " << std::left << std::setw(12) << shown << std::right << std::setw(10)
            << plain(counts, name) << "\n";
    }
}

void print_line(const json::object& object, std::initializer_list<const char*> names,
                std::ostream& out) {
    for (const char* name : names) {
        const std::string value = plain(object, name);
        if (!value.empty()) out << name << " " << value << "  ";
    }
    out << "\n";
}

void print_report(const json::object& report, std::ostream& out) {
    print_line(report,
               {"lot", "state", "vendor", "product", "site", "line", "stations", "from", "to"},
               out);
    out << "ledger, units, as of " << plain(report, "made_at") << "\n";
    print_counts(report.at("ledger").as_object(), out);
    out << "yield\n  ";
    print_line(
        report.at("yield").as_object(),
        {"in_hand", "first_pass", "first_pass_permille", "after_rework", "after_rework_permille"},
        out);
    out << "retries " << plain(report, "retries") << "\n";
    for (const json::value& failure : report.at("attestation_failures").as_array()) {
        out << "attestation failures\n  ";
        print_line(failure.as_object(), {"format", "model", "firmware", "count"}, out);
    }
    if (const json::value* times = report.if_contains("time_per_device")) {
        out << "time per device, microseconds\n  ";
        print_line(times->as_object(), {"p50_us", "p90_us"}, out);
    }
}

/// 0, or 3 with each cause on `err`.
int judge(const json::object& report, std::ostream& err) {
    const json::value* balanced = report.if_contains("balanced");
    if (balanced != nullptr && balanced->is_bool() && balanced->get_bool()) return 0;
    err << "hallmark: the ledger does not balance; difference " << plain(report, "difference")
        << " units, " << plain(report, "wrong_elements") << " elements\n";
    const json::value* imbalances = report.if_contains("imbalances");
    if (imbalances == nullptr || !imbalances->is_array()) return 3;
    for (const json::value& imbalance : imbalances->get_array()) {
        const json::object& one = imbalance.as_object();
        const std::string element = plain(one, "element");
        err << "  " << plain(one, "kind") << ": " << (element.empty() ? "" : element + ": ")
            << plain(one, "detail") << "\n";
    }
    return 3;
}

}  // namespace

int hand_over(const OfficeAccess& access, const HandOverOrder& order, Instant now,
              std::ostream& out, std::ostream& err) {
    const OfficeAnswer chain = fetch_from_office(access, look_at(hand_overs_of(order.lot)), err);
    if (chain.status != 0) return chain.status;
    const OperatorKey by = operator_key(access.at);
    const json::object body = object_in(chain.body);
    const json::value* next = body.if_contains("next");
    if (next == nullptr || !next->is_object())
        throw Fault("the server does not say what the next entry follows");
    const HandOver entry = entry_after(next->get_object(), order, now);
    return ask_office(access,
                      {.method = "POST",
                       .target = hand_overs_of(order.lot),
                       .body = write_hand_over(entry, by.certificate, by.key)},
                      out, err);
}

int hand_over_document(const OfficeAccess& access, const std::string& lot, const std::string& file,
                       std::ostream& out, std::ostream& err) {
    return ask_office(access,
                      {.method = "POST", .target = hand_overs_of(lot), .body = file_text(file)},
                      out, err);
}

OfficeRequest count_lot(const std::string& lot, std::uint64_t units) {
    return {.method = "POST",
            .target = "/v1/lots/" + segment(lot) + "/count",
            .body = json::serialize(json::object{{"units", units}})};
}

int show_report(const OfficeAccess& access, const std::string& target, std::ostream& out,
                std::ostream& err) {
    const OfficeAnswer answer = fetch_from_office(access, look_at(target), err);
    if (answer.status != 0) return answer.status;
    const json::object report = object_in(answer.body);
    if (access.json) {
        out << answer.body << "\n";
    } else {
        print_report(report, out);
    }
    return judge(report, err);
}

int save_signed_report(const OfficeAccess& access, const std::string& lot, const std::string& file,
                       std::ostream& out, std::ostream& err) {
    const OfficeAnswer answer =
        fetch_from_office(access, look_at("/v1/lots/" + segment(lot) + "/report.jws"), err);
    if (answer.status != 0) return answer.status;
    // RFC 7515 7.1: header, payload and signature, with a dot between them.
    const auto first = answer.body.find('.');
    const auto second = answer.body.find('.', first == std::string::npos ? first : first + 1);
    if (second == std::string::npos) throw Fault("the server's answer is not a JWS");
    const auto payload =
        from_base64url(std::string_view(answer.body).substr(first + 1, second - first - 1));
    if (!payload) throw Fault("the server's answer is not a JWS");
    std::ofstream stream(file, std::ios::binary);
    stream << answer.body;
    if (!stream.flush()) throw Fault("cannot write " + file);
    out << file << "\n";
    return judge(object_in(as_text(*payload)), err);
}

std::string station_report(const std::string& station, const ShiftAsked& shift) {
    return "/v1/stations/" + segment(station) + "/report?from=" + segment(shift.from) +
           "&to=" + segment(shift.to);
}

std::string line_report(const std::string& site, const std::string& line, const ShiftAsked& shift) {
    return "/v1/sites/" + segment(site) + "/lines/" + segment(line) +
           "/report?from=" + segment(shift.from) + "&to=" + segment(shift.to);
}

}  // namespace hallmark
