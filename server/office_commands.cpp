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
    return post("/v1/intermediates",
                {{"id", intermediate.id},
                 {"key_uri", intermediate.key_uri},
                 {"algorithm", intermediate.algorithm},
                 {"certificate", to_base64(certificates_in(intermediate.certificate).front())},
                 {"chain", base64_of({intermediate.chain})}});
}

OfficeRequest add_station(const StationAddition& station) {
    json::object body{{"id", station.id},
                      {"site", station.site},
                      {"products", texts(station.products)},
                      {"certificate", to_base64(certificates_in(station.certificate).front())}};
    if (!station.expires.empty()) body.emplace("expires", station.expires);
    if (!station.source.empty()) body.emplace("source", station.source);
    return post("/v1/stations", body);
}

OfficeRequest import_manifest_file(const ManifestImport& import) {
    return {
        .method = "POST",
        .target = "/v1/manifests?vendor=" + segment(import.vendor) + "&lot=" + segment(import.lot),
        .body = read_file(import.file)};
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

int ask_office(const OfficeAccess& access, const OfficeRequest& request, std::ostream& out,
               std::ostream& err) {
    const OfficeAnswer answer = call_office(access, request, err);
    if (answer.status != 0) return answer.status;
    if (access.json) {
        out << answer.body;
    } else {
        print_answer(answer.body, out);
    }
    return 0;
}

OfficeAnswer call_office(const OfficeAccess& access, const OfficeRequest& request,
                         std::ostream& err) {
    const CliConfig& at = access.at;
    if (at.url.empty() || at.ca.empty() || at.credential.empty() || at.key.empty()) {
        err << "hallmark: --url, --ca, --credential and --key are needed (or "
               "~/.config/hallmark/cli.toml)\n";
        return {.status = 2, .body = {}};
    }
    HttpsClient client({.url = at.url,
                        .ca_file = at.ca,
                        .credential_file = at.credential,
                        .key_file = at.key,
                        .headers = {{"Hallmark-Request", "cli"}}});
    ClientAnswer answer = client.request(request.method, request.target, request.body);
    if (answer.status >= 200 && answer.status < 300)
        return {.status = 0, .body = std::move(answer.body)};
    if (access.json) {
        err << answer.body;
    } else {
        print_problem(answer.status, answer.body, err);
    }
    return {.status = answer.status >= 500 ? 1 : 3, .body = {}};
}

}  // namespace hallmark
