#include "server/office_commands.h"

#include "ca/crypto/certificate.h"
#include "ca/domain/fault.h"
#include "server/client/client.h"
#include "server/office_print.h"

#include <fstream>
#include <iterator>
#include <ostream>

#include <boost/json.hpp>

namespace hallmark {
namespace {

namespace json = boost::json;

std::string read_file(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) throw Fault("cannot read " + file);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::vector<Bytes> certificates_in(const std::string& file) {
    auto blocks = parse_pem(read_file(file), "CERTIFICATE");
    if (!blocks || blocks->empty()) throw Fault("no certificate in " + file);
    return std::move(*blocks);
}

json::array base64_of(const std::vector<std::string>& files) {
    json::array list;
    for (const std::string& file : files) {
        for (const Bytes& der : certificates_in(file))
            list.emplace_back(to_base64(der));
    }
    return list;
}

json::array texts(const std::vector<std::string>& values) {
    json::array list;
    for (const std::string& value : values)
        list.emplace_back(value);
    return list;
}

OfficeRequest post(std::string target, const json::object& body) {
    return {.method = "POST", .target = std::move(target), .body = json::serialize(body)};
}

}  // namespace

std::string segment(std::string_view text) {
    constexpr std::string_view plain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string encoded;
    for (const char c : text) {
        if (plain.find(c) != std::string_view::npos) {
            encoded.push_back(c);
        } else {
            const auto byte = static_cast<unsigned char>(c);
            encoded += "%" + to_hex(ByteView(&byte, 1));
        }
    }
    return encoded;
}

OfficeRequest add_vendor(const VendorAddition& vendor) {
    json::object body{
        {"vendor", vendor.vendor}, {"format", vendor.format}, {"roots", base64_of(vendor.roots)}};
    if (!vendor.intermediates.empty())
        body.emplace("intermediates", base64_of(vendor.intermediates));
    if (!vendor.exceptions.empty()) body.emplace("exceptions", texts(vendor.exceptions));
    return post("/v1/vendors", body);
}

OfficeRequest apply_policy_file(const std::string& file) {
    return post("/v1/policies", {{"policy", read_file(file)}});
}

OfficeRequest add_intermediate_file(const IntermediateAddition& intermediate) {
    json::object body{{"id", intermediate.id},
                      {"key_uri", intermediate.key_uri},
                      {"algorithm", intermediate.algorithm},
                      {"certificate", to_base64(certificates_in(intermediate.certificate).front())},
                      {"chain", base64_of({intermediate.chain})},
                      {"products", texts(intermediate.products)}};
    if (!intermediate.signs_from.empty()) body.emplace("signs_from", intermediate.signs_from);
    if (!intermediate.signs_until.empty()) body.emplace("signs_until", intermediate.signs_until);
    return post("/v1/intermediates", body);
}

OfficeRequest add_station(const StationAddition& station) {
    json::object body{{"id", station.id},
                      {"site", station.site},
                      {"products", texts(station.products)},
                      {"certificate", to_base64(certificates_in(station.certificate).front())}};
    if (!station.expires.empty()) body.emplace("expires", station.expires);
    if (!station.source.empty()) body.emplace("source", station.source);
    if (!station.line.empty()) body.emplace("line", station.line);
    if (!station.proof.empty()) {
        std::string proof = read_file(station.proof);
        proof.erase(proof.find_last_not_of("\r\n") + 1);
        body.emplace("proof", proof);
    }
    return post("/v1/stations", body);
}

OfficeRequest allot_lot(const std::string& lot, const std::string& product, const std::string& site,
                        const std::string& line) {
    json::object body{{"product", product}, {"site", site}};
    if (!line.empty()) body.emplace("line", line);
    return post("/v1/lots/" + segment(lot) + "/allot", body);
}

OfficeRequest act_on(const std::string& target) {
    return {.method = "POST", .target = target, .body = "{}"};
}

OfficeRequest look_at(const std::string& target) {
    return {.method = "GET", .target = target, .body = {}};
}

OfficeRequest retire_serial(const Retirement& retirement) {
    return post("/v1/credentials/" + segment(retirement.serial) + "/retire",
                {{"reason", retirement.reason}});
}

OfficeRequest search_audit(const std::vector<std::pair<std::string, std::string>>& filters) {
    std::string query;
    for (const auto& [name, value] : filters) {
        if (value.empty()) continue;
        query += (query.empty() ? "?" : "&") + name + "=" + segment(value);
    }
    return look_at("/v1/audit/events" + query);
}

bool can_ask(const CliConfig& at, std::ostream& err) {
    if (!at.url.empty() && !at.ca.empty() && !at.credential.empty() && !at.key.empty()) return true;
    err << "hallmark: --url, --ca, --credential and --key are needed (or "
           "~/.config/hallmark/cli.toml)\n";
    return false;
}

HttpsClient office_client(const CliConfig& at) {
    return HttpsClient({.url = at.url,
                        .ca_file = at.ca,
                        .credential_file = at.credential,
                        .key_file = at.key,
                        .headers = {{"Hallmark-Request", "cli"}}});
}

std::optional<ClientAnswer> call_office(const OfficeAccess& access, const OfficeRequest& request,
                                        std::ostream& err) {
    if (!can_ask(access.at, err)) return std::nullopt;
    HttpsClient client = office_client(access.at);
    return client.request(request.method, request.target, request.body);
}

namespace {

bool is_done(const ClientAnswer& answer) {
    return answer.status >= 200 && answer.status < 300;
}

/// The exit status.
int tell_problem(const OfficeAccess& access, const ClientAnswer& answer, std::ostream& err) {
    if (access.json) {
        err << answer.body;
    } else {
        print_problem(answer.status, answer.body, err);
    }
    return answer.status >= 500 ? 1 : 3;
}

}  // namespace

OfficeAnswer fetch_from_office(const OfficeAccess& access, const OfficeRequest& request,
                               std::ostream& err) {
    const auto answer = call_office(access, request, err);
    if (!answer) return {.status = 2, .body = {}};
    if (is_done(*answer)) return {.status = 0, .body = answer->body};
    return {.status = tell_problem(access, *answer, err), .body = {}};
}

int tell_answer(const OfficeAccess& access, const ClientAnswer& answer, std::ostream& out,
                std::ostream& err) {
    if (!is_done(answer)) return tell_problem(access, answer, err);
    if (access.json) {
        out << answer.body;
    } else {
        print_answer(answer.body, out);
    }
    return 0;
}

int ask_office(const OfficeAccess& access, const OfficeRequest& request, std::ostream& out,
               std::ostream& err) {
    const auto answer = call_office(access, request, err);
    return answer ? tell_answer(access, *answer, out, err) : 2;
}

}  // namespace hallmark
